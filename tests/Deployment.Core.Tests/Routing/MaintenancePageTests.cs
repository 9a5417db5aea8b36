using Deployment.Routing;

namespace Deployment.Tests.Routing;

[Category("Unit")]
public sealed class MaintenancePageTests
{
    [TestCase(0.001, 1)]
    [TestCase(1.2, 2)]
    [TestCase(60, 60)]
    [TestCase(86_400, 86_400)]
    public void RetryAfter_WithinADay_IsRoundedUpToSeconds(double seconds, int expected) =>
        new MaintenancePage("x") { RetryAfter = TimeSpan.FromSeconds(seconds) }.RetryAfter.Should().Be(TimeSpan.FromSeconds(expected));

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(86_401)]
    public void RetryAfter_OutsideItsRange_IsRefused(double seconds) =>
        FluentActions.Invoking(() => new MaintenancePage("x") { RetryAfter = TimeSpan.FromSeconds(seconds) }).Should().Throw<DeploymentException>().WithMessage("*1 second to a day*");

    [Test]
    public void Create_Defaults_AreAMinute() => new MaintenancePage("x").RetryAfter.Should().Be(TimeSpan.FromMinutes(1));

    [Test]
    public void Create_LongestAndOneMore_IsTakenAndRefused()
    {
        new MaintenancePage(new string('x', 262_144)).Html.Should().HaveLength(262_144);
        FluentActions.Invoking(() => new MaintenancePage(new string('x', 262_145))).Should().Throw<DeploymentException>().WithMessage("*262145 characters; 262144*");
    }

    [Test]
    public async Task FromFile_Missing_NamesIt()
    {
        (await FluentActions.Awaiting(() => MaintenancePage.FromFileAsync("/nowhere/page.html", CancellationToken.None)).Should().ThrowAsync<DeploymentException>())
            .Which.Message.Should().Contain("/nowhere/page.html");
    }
}
