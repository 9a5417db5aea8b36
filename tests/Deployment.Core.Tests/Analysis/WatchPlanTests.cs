using Deployment.Analysis;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

/// <summary>What a plan refuses because no watch of it could ever find it, and how long a hotfix still watches.</summary>
[Category("Unit")]
public sealed class WatchPlanTests
{
    private static readonly MetricRule Slow = Metric.LatencyP95.IsAbove(0.5);
    private static readonly MetricRule TooManyErrors = Metric.ErrorRate.IsAbove(0.10);

    [Test]
    public void Plan_WatchesTooShortForTheirRules_AreRefusedTogether()
    {
        var watched = new Watched(
            monitor => monitor.RollBackWhen(Slow)
                .InvestigateWhen(TooManyErrors with { For = TimeSpan.FromSeconds(31) })
                .InvestigateWhen(Metric.ErrorRate.IsAbove(0.2) with { Looks = 31, Failures = 30 })
                .InvestigateWhen(Metrics.FailComparison(new ComparisonOptions { Metrics = [new ComparedMetric(Metric.ErrorRate)] }))
                .NoteWhen(Metric.LatencyP95.IsAbove(3)),
            bake: TimeSpan.FromSeconds(30));

        Errors(watched).Should().Equal(
            "'Watch for 30 s' watches for 30 s, and latency p95 is above 500 ms within 1 min, judged from 200 samples on: it doesn't count in the warm-up of 30 s. Watch for longer, or make WarmUp shorter.",
            "'Watch for 30 s' watches for 30 s, and error rate is above 10% within 1 min for 31 s, judged from 50 samples on: it must be found for 31 s to count. Watch for longer, or make For shorter.",
            "'Watch for 30 s' watches for 30 s, and error rate is above 20% within 1 min at 30 of 31 looks, judged from 50 samples on: 31 looks that are 1 s apart take 31 s. Watch for longer, or take fewer Looks.",
            "'Watch for 30 s' watches for 30 s, and error rate score below 75 beside the baseline, of 100, looked at every 5 min; 95 passes: it is judged for the first time after 5 min. Watch for longer, or let it be judged sooner.");
    }

    [Test]
    public void Plan_WatchesJustLongEnough_AreFine() => Plan(new Watched(
        monitor => monitor.RollBackWhen(Slow).InvestigateWhen(TooManyErrors with { For = TimeSpan.FromSeconds(31) }).InvestigateWhen(Metric.ErrorRate.IsAbove(0.2) with { Looks = 31, Failures = 30 }),
        bake: TimeSpan.FromSeconds(31))).Should().NotThrow();

    /// <summary>It would be believed to protect: with blue-green nobody is served by the old release once the new one is watched.</summary>
    [Test]
    public void Plan_ARuleThatNoWatchCanJudge_IsRefused()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors).RollBackWhen(Metric.ErrorRate.IsWorseThanBaseline()));

        Errors(watched).Should().ContainSingle().Which.Should().Be(
            "No watch of this plan can judge the rule 'error rate is worse than the baseline's, with false alarms of 1%': the baseline has no users beside the release at this step. "
            + "Take a strategy that keeps both releases before their users for a while, such as a canary, or a rule that compares with what was recorded of the baseline, such as IsAboveBaselineBy; or leave the rule out.");
    }

    /// <summary>At 10% and 50% beside one another, and at the end, when the old release has no users, by what was recorded.</summary>
    [Test]
    public void Plan_RulesThatSomeOfTheWatchesCanJudge_AreFine()
    {
        var watched = new Watched(
            monitor => monitor.RollBackWhen(Metric.ErrorRate.IsWorseThanBaseline()).InvestigateWhen(Metric.RequestRate.IsBelowBaselineBy(0.5)),
            strategy: pipeline => pipeline.UseCanary(canary => (canary.Steps, canary.BakeTime) = ([10, 50, 100], TimeSpan.FromMinutes(5))));
        watched.Source.Samples(Metric.RequestRate, (_, from, until) => [MetricSample.Counted(from, until, 100 * (until - from).TotalSeconds)]);

        Plan(watched).Should().NotThrow();
    }

    [Test]
    public void Hotfix_ARuleThatNoWatchCanJudge_IsLeftOut()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors).RollBackWhen(Metric.ErrorRate.IsWorseThanBaseline()));

        watched.World.Deploy("1.1.0", RunOverrides.Hotfix("the till is down")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    /// <summary>A tenth of 5 min would be the warm-up alone, after which nothing could be told of latency.</summary>
    [Test]
    public void Hotfix_WatchesAsLongAsItsRulesNeed_AndPasses()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Slow));

        DeploymentResult result = watched.World.Deploy("1.1.0", RunOverrides.Hotfix("the till is down"));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        WatchOf(result.Runbook).Duration.Should().Be(TimeSpan.FromSeconds(91), "30 s of warm-up, and a window of a minute");
        result.Runbook.Hotfix!.LeftOut.Should().Contain("A part of the wait 'Watch for 5 min': it lasts 1 min 31 s instead of 5 min, which its rules need.");
    }

    [TestCase(60, 60)]
    [TestCase(91, 91)]
    [TestCase(3600, 360)]
    public void Hotfix_NeverWatchesLongerThanOtherwise_NorShorterThanATenth(int seconds, int lasts)
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Slow), bake: TimeSpan.FromSeconds(seconds));

        WatchOf(watched.World.Deploy("1.1.0", RunOverrides.Hotfix("the till is down")).Runbook).Duration.Should().Be(TimeSpan.FromSeconds(lasts));
    }

    /// <summary>Each step of a canary has a watch of its own, and the sum of what they may err is what was chosen.</summary>
    [Test]
    public void Canary_FalseAlarms_AreSharedAmongItsWatches()
    {
        Watched watched = Canary(errors: 0.3);

        DeploymentResult result = watched.Deploy();

        result.Runbook.Steps.OfType<CheckStep>().Count(step => step.Duration is not null).Should().Be(4);
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.CheckFailed).Detail!["threshold"].Should().Be("400", "1% over four watches");
    }

    [Test]
    public void Replay_FalseAlarms_AreSharedAsTheyWere()
    {
        Watched watched = Canary(errors: 0.3);
        DeploymentResult result = watched.Deploy();

        WatchReplay replay = watched.World.Time.Run(() => watched.World.Pipeline().ReplayAsync(result.RunId)).Should().ContainSingle().Subject;

        replay.Verdict.Should().Be(replay.RecordedVerdict);
        replay.Rules.Should().ContainSingle().Which.Judgement.Threshold.Should().Be(400);
    }

    [Test]
    public void ExtendedWatch_FalseAlarms_AreHalfItsOwn()
    {
        var watched = new Watched(
            monitor => monitor.RollBackWhen(Metric.ErrorRate.FailsFisherTest(1000)).With(options => (options.Extended, options.CompareInExtended) = (TimeSpan.FromHours(1), true)),
            bake: TimeSpan.FromMinutes(6)) { Errors = _ => 0.01 };
        DeploymentResult deployed = watched.Deploy();
        watched.World.Time.Clock.Advance(TimeSpan.FromMinutes(10));

        DeploymentResult look = watched.World.Time.Run(() => watched.World.Pipeline().CompleteAsync()).Single(result => result.Runbook.Kind == RunKind.Watch);

        deployed.Outcome.Should().Be(DeploymentOutcome.Succeeded, deployed.Reason);
        Watched.Verdict(deployed).Text.Should().Contain("and 0.5% or less counts as worse", "half of 1% is for the one watch of the run");
        look.Runbook.Steps.OfType<CheckStep>().Should().ContainSingle().Which.Watches.Should().Be(14, "half of 1% is for the six looks of an hour and the one at its end");
        look.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.CheckPassed).Text.Should().Contain("and 0.0714% or less counts as worse");
    }

    private static Watched Canary(double errors) => new(
        monitor => monitor.RollBackWhen(Metric.ErrorRate.IsWorseThanBaseline()),
        strategy: pipeline => pipeline.UseCanary(canary =>
        {
            canary.Steps = [10, 20, 50, 100];
            canary.BakeTime = TimeSpan.FromMinutes(5);
        }))
    {
        Errors = version => version == "1.1.0" ? errors : 0.005,
    };

    private static CheckStep WatchOf(Runbook runbook) => runbook.Steps.OfType<CheckStep>().Single(step => step.Duration is not null);

    private static IReadOnlyList<string> Errors(Watched watched) => Plan(watched).Should().Throw<DeploymentValidationException>().Which.Errors;

    private static Func<Runbook> Plan(Watched watched) => () => watched.World.Time.Run(() => watched.World.Pipeline().PlanAsync(World.Version("1.1.0")));
}
