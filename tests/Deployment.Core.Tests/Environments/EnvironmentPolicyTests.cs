using Deployment.Environments;
using Deployment.Health;
using Deployment.Runbooks;

namespace Deployment.Tests.Environments;

[Category("Unit")]
public sealed class EnvironmentPolicyTests
{
    [Test]
    public void Build_EverythingWrong_IsOneErrorWithAll()
    {
        var policy = new EnvironmentPolicy
        {
            After = ["production", "no name"],
            ApprovalBy = " ",
            ApprovalTimeout = TimeSpan.Zero,
            Windows = [DeploymentWindow.Weekdays(new(9, 0), new(16, 0), "Europe/Atlantis"), new DeploymentWindow { Days = [], From = new(9, 0), To = new(16, 0) }, new DeploymentWindow { Days = [(DayOfWeek)9], From = default, To = default }],
            RequiredChecks = ["integration", "performance"],
        };

        FluentActions.Invoking(() => Builder(policy)
                .Check(new ScriptedCheck("performance"), Moment.Shifted, FailureAction.Note)
                .Build())
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal(
                "The policy of production: It comes after itself. Name the environment before it in After.",
                "The policy of production: The environment name 'no name' can't be used: take 1 to 63 letters, digits, '.' or '-', beginning and ending with a letter or digit and without '..'.",
                "The policy of production: A role needs a text of 1 to 120 characters.",
                "The policy of production: ApprovalTimeout is 00:00:00; it must be more than 0, or null for ever.",
                "The policy of production: This machine doesn't know the time zone 'Europe/Atlantis'. Take an IANA name such as Europe/Berlin, and install time zone data (tzdata) where it is missing.",
                "The policy of production: A window has no Days, so it would never open.",
                "The policy of production: A window has the day 9, which is no day of a week.",
                "The policy of production: It requires the check 'integration', which this pipeline lacks. Add it, such as SmokeTest(\"integration\", …), or take it out of RequiredChecks.",
                "The policy of production: It requires the check 'performance', whose failure this pipeline only notes, so it decides nothing. Let it roll back or investigate in production.");
    }

    [Test]
    public void Build_StagingWithItsChecks_IsBuilt() => Builder(EnvironmentPolicy.Staging)
        .Check(new ScriptedCheck("integration"), Moment.Shifted)
        .Check(new ScriptedCheck("performance"), Moment.Shifted, FailureAction.Investigate)
        .Build().Should().NotBeNull();

    [Test]
    public void Build_PolicyChangedAfterwards_KeepsWhatItWas()
    {
        List<string> after = ["staging"];
        var time = new VirtualTime();
        DeploymentPipeline pipeline = Builder(new EnvironmentPolicy { After = after }, time).Build();
        after.Clear();

        FluentActions.Invoking(() => time.Run(() => pipeline.PlanAsync(Stages.Version("1.0.0", 'a'))))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle().Which.Should().Contain("has not passed staging");
    }

    [Test]
    public void StrategyOf_SaysAPolicy_IsRefused() =>
        FluentActions.Invoking(() => DeploymentPipelineBuilder.StrategyOf(part => part.UseBlueGreen().InEnvironment("production", EnvironmentPolicy.Staging)))
            .Should().Throw<DeploymentException>();

    private static DeploymentPipelineBuilder Builder(EnvironmentPolicy policy, VirtualTime? time = null) => DeploymentPipeline.Create("shop")
        .InEnvironment("production", policy)
        .DeployTo(new FakeTarget("web"))
        .UseBlueGreen()
        .UseStore(new InMemoryDeploymentStore())
        .UseTimeProvider((time ?? new VirtualTime()).Clock);
}
