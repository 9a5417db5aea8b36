using System.Globalization;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Tests.Planning;

/// <summary>What counts as having passed an environment: the latest deployment there, if users met it everywhere with all checks.</summary>
[Category("Unit")]
public sealed class ReleaseVerdictsTests
{
    private static readonly string Digest = new('a', 64);

    [Test]
    public void Of_Success_HasPassed() => Passed(Run(1)).Should().BeTrue();

    [Test]
    public void Of_Trial_HasNotPassedAndClearsNothing()
    {
        Passed(Run(1) with { Targets = [Web with { Trial = true }] }).Should().BeFalse("only copies of requests reached it");
        Verdict(Run(1) with { Outcome = DeploymentOutcome.RolledBack }, Run(2) with { Targets = [Web with { Trial = true }] })!.RolledBack.Should().NotBeNull();
    }

    [Test]
    public void Of_LaterRunReachedSomeTargetsOnly_HasNotPassed() =>
        Passed(Run(1), Run(2) with { Outcome = DeploymentOutcome.PartlySucceeded }).Should().BeFalse();

    [Test]
    public void Of_LaterHotfix_HasNotPassed() => Passed(Run(1), Run(2) with { Hotfix = "the till is down" }).Should().BeFalse("checks were left out");

    [Test]
    public void Of_LaterRunChangedNothing_HasStillPassed() => Passed(Run(1), Run(2) with { Outcome = DeploymentOutcome.Rejected }).Should().BeTrue();

    private static RunTarget Web => new("web", new RevisionId("shop", "1.0.0", 1), null);

    private static RunRecord Run(int day) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"2026010{day}-000000000-abcdef"),
        Kind = RunKind.Deploy,
        Pipeline = "shop",
        Environment = "staging",
        Application = "shop",
        Version = "1.0.0",
        Digest = Digest,
        Targets = [Web],
        State = RunState.Ended,
        Outcome = DeploymentOutcome.Succeeded,
        CreatedAt = new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero),
        EndedAt = new DateTimeOffset(2026, 1, day, 1, 0, 0, TimeSpan.Zero),
    };

    private static ReleaseVerdict? Verdict(params RunRecord[] runs) => ReleaseVerdicts.Of(runs, "shop").Of("staging", Digest);

    private static bool Passed(params RunRecord[] runs) => Verdict(runs)?.Passed is not null;
}
