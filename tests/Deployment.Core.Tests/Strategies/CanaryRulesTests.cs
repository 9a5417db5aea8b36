using Deployment.Strategies;
using Deployment.Strategies.Canary;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>What can't be a canary is refused when the pipeline is built, all of it at once.</summary>
[Category("Unit")]
public sealed class CanaryRulesTests
{
    [Test]
    public void Build_EverythingWrong_IsReportedTogether() => Approved.Verify("canary-everything-wrong", string.Join('\n', Problems(canary =>
    {
        canary.Steps =
        [
            0,
            new CanaryStep { Weight = 30, BakeTime = TimeSpan.FromDays(8) },
            new CanaryStep { Weight = 20, Gate = new ManualGate { Role = " ", Timeout = TimeSpan.Zero } },
            20,
            new CanaryStep { Weight = 120, Checks = false },
        ];
        canary.BakeTime = TimeSpan.FromSeconds(-1);
        canary.RollbackWindow = TimeSpan.FromDays(31);
        canary.Testers = new CanaryTesters();
        canary.Baseline = (CanaryBaseline)7;
        canary.UnavailableWeight = (UnavailableWeight)8;
        canary.Reason = "";
    })));

    [Test]
    public void Build_NoSteps_SaysWhatToWrite()
    {
        Problems(canary => canary.Steps = []).Should().Equal("Canary has no Steps. Give it some, such as [10, 50, 100].");
        Problems(canary => canary.Steps = null!).Should().Equal("Canary has no Steps. Give it some, such as [10, 50, 100].");
        Problems(canary => canary.Steps = [10, null!, 100]).Should().Equal("One of canary's Steps is null.");
    }

    [TestCase(new[] { 10, 50 }, "Canary's last step is 50%; it must be 100, so that all users get the release.")]
    [TestCase(new[] { 50, 10, 100 }, "Canary's step of 10% comes after 50%; each weight must be larger than the one before.")]
    [TestCase(new[] { 10, 10, 100 }, "Canary's step of 10% comes after 10%; each weight must be larger than the one before.")]
    [TestCase(new[] { 10, 100, 100 }, "Canary's step of 100% comes after 100%; each weight must be larger than the one before.")]
    [TestCase(new[] { -5, 100 }, "Canary has a step of -5%; a weight is 1 to 100.")]
    [TestCase(new[] { 10, 101 }, "Canary has a step of 101%; a weight is 1 to 100.", "Canary's last step is 101%; it must be 100, so that all users get the release.")]
    public void Build_WrongWeights_AreNamed(int[] weights, params string[] problems) =>
        Problems(canary => canary.Steps = [.. weights.Select(CanaryStep.FromInt32)]).Should().Equal(problems);

    [Test]
    public void Build_TestersWithATimeOutOfRange_IsNamed() =>
        Problems(canary => canary.Testers = new CanaryTesters { Time = TimeSpan.FromDays(8), Gate = new ManualGate { Role = new string('x', 61) } }).Should().HaveCount(2);

    [TestCase("product\nowner")]
    [TestCase("product\u2028owner")]
    [TestCase("owner\u2029")]
    public void Build_RoleIsNotOnOneLine_IsNamed(string role) =>
        Problems(canary => canary.Steps = [10, new CanaryStep { Weight = 100, Gate = new ManualGate { Role = role } }]).Should().ContainSingle().Which.Should().EndWith("needs a role of 1 to 60 characters on one line, such as 'approver'.");

    [Test]
    public void Build_AtTheLimits_IsTaken() => FluentActions.Invoking(() => CanaryWorld.Empty(canary =>
    {
        canary.Steps = [1, new CanaryStep { Weight = 2, BakeTime = TimeSpan.FromDays(7), Gate = new ManualGate { Timeout = TimeSpan.FromDays(30) } }, 99, 100];
        canary.BakeTime = TimeSpan.Zero;
        canary.RollbackWindow = TimeSpan.FromDays(30);
        canary.Testers = new CanaryTesters { Gate = new ManualGate { Role = new string('x', 60) } };
    }).Pipeline()).Should().NotThrow();

    private static string[] Problems(Action<CanaryOptions> configure) =>
        [.. FluentActions.Invoking(() => CanaryWorld.Empty(configure).Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors];
}
