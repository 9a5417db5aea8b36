using Deployment.Health;
using Deployment.Store;
using Deployment.Strategies.Shadow;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

[Category("Unit")]
public sealed class ShadowRulesTests
{
    [Test]
    public void Build_EverythingWrong_IsSaidAtOnce()
    {
        var world = new World
        {
            Configure = pipeline => pipeline.UseShadow(shadow =>
            {
                shadow.Percent = 101;
                shadow.Time = TimeSpan.FromSeconds(-1);
                shadow.MinimumRequests = 0;
                shadow.MaxDifferentPercent = double.NaN;
                shadow.MaxSlowdown = 0.5;
                shadow.SlowdownTolerance = TimeSpan.FromMinutes(2);
                shadow.Reason = " ";
                shadow.Then = part => part.UseCanary(canary => canary.Steps = []);
            }),
        };

        FluentActions.Invoking(() => world.Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal(
            "Shadow's Percent is 101; it must be 1 to 100.",
            "Shadow's MinimumRequests is 0; it must be 1 to 10000000: without a request nothing can be compared.",
            "Shadow's MaxDifferentPercent is NaN; it must be 0 to 100.",
            "Shadow's MaxSlowdown is 0.5; it must be 1 to 1000, or null to judge no latency.",
            "Shadow's SlowdownTolerance is 00:02:00; it must be 0 to 00:01:00.",
            "Shadow's Time is -00:00:01; it must be 0 to 7 days.",
            "Shadow needs a reason for the runbook; leave Reason as it is, or write one.",
            "Canary has no Steps. Give it some, such as [10, 50, 100].");
    }

    [Test]
    public void Build_AtTheLimits_IsTaken()
    {
        Taken(shadow => (shadow.Percent, shadow.Time, shadow.MinimumRequests, shadow.MaxDifferentPercent, shadow.MaxSlowdown, shadow.SlowdownTolerance) = (1, TimeSpan.FromTicks(1), 1, 0, 1, TimeSpan.Zero));
        Taken(shadow => (shadow.Percent, shadow.Time, shadow.MinimumRequests, shadow.MaxDifferentPercent, shadow.MaxSlowdown, shadow.SlowdownTolerance) = (100, TimeSpan.FromDays(7), 10_000_000, 100, 1000, TimeSpan.FromMinutes(1)));
    }

    [Test]
    public void Build_OneBeyondTheLimits_IsRefused()
    {
        Refused("Percent", shadow => shadow.Percent = 0, shadow => shadow.Percent = 101);
        Refused("Time", shadow => shadow.Time = TimeSpan.FromTicks(-1), shadow => shadow.Time = TimeSpan.FromDays(7) + TimeSpan.FromTicks(1));
        Refused("MinimumRequests", shadow => shadow.MinimumRequests = 0, shadow => shadow.MinimumRequests = 10_000_001);
        Refused("MaxDifferentPercent", shadow => shadow.MaxDifferentPercent = -0.001, shadow => shadow.MaxDifferentPercent = 100.001);
        Refused("MaxSlowdown", shadow => shadow.MaxSlowdown = 0.999, shadow => shadow.MaxSlowdown = 1000.001);
        Refused("SlowdownTolerance", shadow => shadow.SlowdownTolerance = TimeSpan.FromTicks(-1), shadow => shadow.SlowdownTolerance = TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1));
    }

    [Test]
    public void Build_NoTimeOrRollingOrNothingAfterIt_IsRefused()
    {
        Problems(shadow => shadow.Time = TimeSpan.Zero).Should().Equal("Shadow's Time is 0, so nothing would be copied; give it some minutes.");
        Problems(shadow => shadow.Then = part => part.UseRolling()).Should().ContainSingle().Which.Should().Contain("The shadow's Then is rolling");
        Problems(shadow => shadow.Then = _ => { }).Should().ContainSingle().Which.Should().StartWith("The shadow's Then: Choose exactly one strategy");
    }

    [Test]
    public void Build_ChecksNameIsTaken_IsRefused()
    {
        var world = new World { Configure = pipeline => pipeline.UseShadow().SmokeTest("copies answered as users are", smoke => smoke.Http("/")) };

        FluentActions.Invoking(() => world.Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal("2 checks are called 'copies answered as users are'. Give each its own name.");
    }

    [Test]
    public void Plan_TargetLacksIt_NamesWhatIsMissingAndWhoCould()
    {
        World world = ShadowWorld.Live(target: new FakeTarget("web", FakeCapabilities.HostRevisions | FakeCapabilities.SplitTraffic));
        world.Configure += pipeline => pipeline.DeployTo(new FakeTarget("edge"));

        world.Errors().Should().Equal(
            "The strategy 'shadow' needs a target that can send copies of users' requests to a revision without traffic (IMirrorTraffic), and 'web' can't. In this pipeline 'edge' can. 'web' could carry blue-green, canary. Take another strategy or another target.");
    }

    [Test]
    public void Plan_TargetLacksWhatComesAfterwardsToo_NamesAllOfIt() =>
        new World { Target = new FakeTarget("web", FakeCapabilities.UpdateInPlace), Configure = pipeline => pipeline.UseShadow() }.Errors().Select(error => error.Split('(', ')')[1])
            .Should().BeEquivalentTo(nameof(IHostRevisions), nameof(IMirrorTraffic), nameof(ISplitTraffic));

    [Test]
    public void Mirror_ShareThatIsNone_IsRefused()
    {
        foreach (int percent in new[] { 0, 101, -1 })
        {
            FluentActions.Invoking(() => new TrafficMirror(new("shop", "1.0.0", 1), percent)).Should().Throw<DeploymentException>().WithMessage("*take 1 to 100*");
        }
    }

    [TestCase(99, 0, 0, 40, 40, VerdictResult.InsufficientData)]
    [TestCase(0, 0, 99, 0, 0, VerdictResult.InsufficientData, Description = "failures alone are data as well, and too few")]
    [TestCase(0, 0, 100, 0, 0, VerdictResult.Fail)]
    [TestCase(100, 1, 0, 40, 40, VerdictResult.Pass, Description = "just the limit")]
    [TestCase(100, 2, 0, 40, 40, VerdictResult.Fail)]
    [TestCase(100, 1, 1, 40, 40, VerdictResult.Fail, Description = "no answer is another answer")]
    [TestCase(1000, 0, 0, 100, 150, VerdictResult.Pass, Description = "just the limit")]
    [TestCase(1000, 0, 0, 100, 151, VerdictResult.Fail)]
    [TestCase(1000, 0, 0, 1, 21, VerdictResult.Pass, Description = "many times as long, and nothing that counts")]
    [TestCase(1000, 0, 0, 1, 22, VerdictResult.Fail)]
    public void Verdict_AtTheLimits(int compared, int otherStatus, int failed, double user, double copy, VerdictResult result) =>
        Judged(ShadowWorld.Seen(compared, otherStatus, failed, user, copy)).Should().Be(result);

    [Test]
    public void Verdict_NobodyCanTell_OrNoLatencyIsKnown_NeverPasses()
    {
        Judged(null).Should().Be(VerdictResult.InsufficientData);
        Judged(ShadowWorld.Seen(0, 0, 500), shadow => shadow.MaxDifferentPercent = 100).Should().Be(VerdictResult.InsufficientData);
        Judged(ShadowWorld.Seen(user: 1, copy: 9000), shadow => shadow.MaxSlowdown = null).Should().Be(VerdictResult.Pass, "the author judges no latency");
    }

    /// <summary>What the check of a run says; one that is held for a person is aborted.</summary>
    private static VerdictResult Judged(MirrorComparison? seen, Action<ShadowOptions>? configure = null)
    {
        World world = ShadowWorld.Trial(configure);
        world.Target.Compare = _ => seen;
        DeploymentResult result = world.During((TimeSpan.FromHours(1), (pipeline, run) =>
            run.State == RunState.Held ? pipeline.SignalAsync(run.Id, Signal.Abort("ada", "no")) : Task.CompletedTask));
        world.IsWithoutCopies("it was tried, or went back");
        return result.Log.Entries.LastOrDefault(entry => entry.Kind == JournalEntryKind.CheckFailed) is { } failed
            ? Enum.Parse<VerdictResult>(failed.Detail![nameof(Verdict.Result)])
            : VerdictResult.Pass;
    }

    private static void Taken(Action<ShadowOptions> configure) =>
        FluentActions.Invoking(() => new World { Configure = pipeline => pipeline.UseShadow(configure) }.Pipeline()).Should().NotThrow();

    private static void Refused(string option, params Action<ShadowOptions>[] beyond)
    {
        foreach (Action<ShadowOptions> configure in beyond)
        {
            Problems(configure).Should().ContainSingle().Which.Should().StartWith($"Shadow's {option} is ");
        }
    }

    private static IReadOnlyList<string> Problems(Action<ShadowOptions> configure) =>
        [.. FluentActions.Invoking(() => new World { Configure = pipeline => pipeline.UseShadow(configure) }.Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors];
}
