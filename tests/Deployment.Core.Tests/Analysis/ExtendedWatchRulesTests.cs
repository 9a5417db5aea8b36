using Deployment.Analysis;
using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>What counts long after a shift: which rules, which sources, and which part of the time.</summary>
[Category("Unit")]
public sealed class ExtendedWatchRulesTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Slower at noon than in the ten minutes that were recorded in the morning.</summary>
    [TestCase(false, "shop_1.1.0_1=100")]
    [TestCase(true, "shop_1.0.0_1=100")]
    public void Complete_WorseThanTheRecordedBaseline_GoesBackOnlyWhereThatIsAskedFor(bool compare, string live)
    {
        Watched watched = Extended(
            monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)).RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5)),
            options => options.CompareInExtended = compare);
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        watched.Latency = _ => 0.4;
        watched.World.Time.Clock.Advance(Interval);

        Complete(watched);

        watched.World.Target.Now.Traffic.ToString().Should().Be(live);
    }

    [Test]
    public void Plan_RulesThatCompare_AreSaidToBeLeftOutWithTheReason()
    {
        const string Why = "latency p95 is more than 50% above the baseline within 1 min, judged from 200 samples on: what was recorded of the baseline for 10 min tells little of other times of the day (CompareInExtended)";
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)).RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5)));

        DeploymentResult deployed = watched.Deploy();

        deployed.Runbook.Watches!.Single().LeftOut.Should().ContainSingle().Which.Should().Be(Why);
        deployed.Runbook.ToMarkdown().Should().Contain($"The host does it by `CompleteAsync`. Left out then: {Why}.");
        watched.World.Time.Clock.Advance(Interval);
        CheckStep look = Complete(watched).Single().Runbook.Steps.OfType<CheckStep>().Single();
        look.Expected.Should().Contain("error rate is above 10% within 1 min, judged from 50 samples on (goes back)").And.EndWith($"Left out: {Why}.");
    }

    [Test]
    public void Plan_OnlyRulesThatCompare_IsRefused()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5)));

        FluentActions.Invoking(watched.Deploy).Should().Throw<DeploymentValidationException>()
            .Which.Errors.Should().ContainSingle().Which.Should().Contain("no rule is left that could be judged so late: latency p95 is more than 50% above").And.Contain("set CompareInExtended or");
    }

    [Test]
    public void Plan_TheFirstReleaseHasNothingToCompareWith_IsNotWatchedOnAndSaysSo()
    {
        var world = new Execution.World
        {
            Configure = pipeline => pipeline.UseBlueGreen(),
        };
        var source = new FakeMetricSource(world.Time.Clock).Distribution(Metric.LatencyP95, 20, (_, _) => 0.1);
        world.Configure = pipeline => pipeline.UseBlueGreen().Monitor(TimeSpan.FromMinutes(1), monitor => monitor.From(source).RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5)).With(options =>
        {
            options.Intensive = TimeSpan.Zero;
            options.Extended = TimeSpan.FromHours(1);
            options.CompareInExtended = true;
        }));

        DeploymentResult first = world.Deploy("1.0.0");

        first.Outcome.Should().Be(DeploymentOutcome.Succeeded, first.Reason);
        first.Runbook.Watches.Should().BeNull();
        first.Runbook.StrategyReason.Should().Contain("The release is not watched on after the run: it is the first one, so there is nothing to compare it with.");
    }

    [Test]
    public void Plan_ASourceWithoutAMemory_ItsRuleIsLeftOut()
    {
        Metric lost = Metric.Increase("payments lost");
        Watched watched = Extended(monitor => monitor.From(Counter(lost, remembers: false)).RollBackWhen(lost.IsAbove(0)).RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));

        Runbook plan = watched.World.Time.Run(() => watched.World.Pipeline().PlanAsync(Execution.World.Version("1.1.0")));

        plan.Watches!.Single().LeftOut.Should().ContainSingle().Which.Should().EndWith(": counters keeps nothing of payments lost to look back at");
    }

    [Test]
    public void Plan_NothingButSourcesWithoutAMemory_IsRefused()
    {
        Metric lost = Metric.Increase("payments lost");
        Watched watched = Extended(monitor => monitor.From(Counter(lost, remembers: false)).RollBackWhen(lost.IsAbove(0)));

        FluentActions.Invoking(watched.Deploy).Should().Throw<DeploymentValidationException>().WithMessage("*no rule is left*counters keeps nothing of payments lost*");
    }

    [Test]
    public void Plan_AReaderThatSaysThatItRemembers_Counts()
    {
        Metric lost = Metric.Increase("payments lost");
        Watched watched = Extended(monitor => monitor.From(Counter(lost, remembers: true)).RollBackWhen(lost.IsAbove(0)));

        Runbook plan = watched.World.Time.Run(() => watched.World.Pipeline().PlanAsync(Execution.World.Version("1.1.0")));

        plan.Watches!.Single().LeftOut.Should().BeNull();
    }

    /// <summary>An hour between two looks, and a source that keeps a quarter of it.</summary>
    [Test]
    public void Complete_TheSourceForgotAPart_IsNotedAndTheEvidenceNamesTheGap()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)), options => options.ExtendedInterval = TimeSpan.FromHours(1));
        DateTimeOffset deployed = watched.Deploy().Log.Entries[^1].At;
        watched.Source.Samples(Metric.ErrorRate, (_, from, until) => Minutes(from > until - TimeSpan.FromMinutes(15) ? from : until - TimeSpan.FromMinutes(15), until));
        watched.World.Time.Clock.Advance(TimeSpan.FromHours(1));

        DeploymentResult look = Complete(watched).Single(result => result.Runbook.Kind == RunKind.Watch);

        look.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        JournalEntry noted = look.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.CheckFailed).Subject;
        noted.Text.Should().StartWith("Nothing was found, but not all of the time could be judged: fake metrics told nothing of error rate of shop_1.1.0_1 on web");
        noted.Detail![nameof(Verdict.Result)].Should().Be(nameof(VerdictResult.InsufficientData));
        noted.Detail["gap"].Should().Contain($"from {deployed.AddSeconds(1).UtcDateTime:yyyy-MM-dd HH:mm:ss} to ");
        RunRecord next = Looks(watched).Single(run => run.State == RunState.Scheduled);
        watched.World.Time.Clock.Advance(TimeSpan.FromHours(1));
        Complete(watched);
        Complete(watched).Should().BeEmpty();
        DateTimeOffset judged = look.Log.Entries.First(entry => entry.Kind == JournalEntryKind.CheckStarted).At;
        watched.World.Time.Run(() => watched.World.Pipeline().ReadRunbookAsync(next.Id)).Steps.OfType<CheckStep>().Single().Since.Should().Be(judged - TimeSpan.FromSeconds(1), "what nobody remembers is not asked for again, but for the last sample");
    }

    [Test]
    public void Complete_TheSourceToldOfAll_Passes()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)), options => options.ExtendedInterval = TimeSpan.FromHours(1));
        watched.Deploy();
        watched.World.Time.Clock.Advance(TimeSpan.FromHours(1));

        Complete(watched).Single(result => result.Runbook.Kind == RunKind.Watch).Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.CheckPassed);
    }

    [Test]
    public void Replay_ALookWithAGap_SaysTheSameWordForWord()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)).InvestigateWhen(Metric.LatencyP95.IsAboveBaselineBy(0.2)));
        watched.Deploy();
        watched.Source.Samples(Metric.ErrorRate, (_, from, until) => Minutes(until - TimeSpan.FromMinutes(4), until));
        watched.World.Time.Clock.Advance(Interval);
        DeploymentResult look = Complete(watched).Single();

        WatchReplay replay = watched.World.Time.Run(() => watched.World.Pipeline().ReplayAsync(look.RunId)).Should().ContainSingle().Subject;

        replay.RecordedVerdict.Should().StartWith("InsufficientData: Nothing was found, but not all of the time could be judged");
        replay.Verdict.Should().Be(replay.RecordedVerdict);
        replay.Outcome.Should().Be(WatchOutcome.InsufficientData);
        replay.LeftOut.Should().ContainSingle().Which.Should().Contain("CompareInExtended");
    }

    [Test]
    public void Plan_OfALook_SpeaksNeitherOfWarmUpNorOfHoldingForWhatIsMissing()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        DeploymentResult deployed = watched.Deploy();
        deployed.Runbook.ToMarkdown().Should().Contain("with a warm-up of 30 s").And.Contain("the run is held");
        watched.World.Time.Clock.Advance(Interval);

        Runbook look = Complete(watched).Single().Runbook;

        look.ToMarkdown().Should().NotContain("warm-up").And.NotContain("held");
        look.Steps.OfType<CheckStep>().Single().Expected.Should().Be(
            $"shop_1.1.0_1 is well (health). In all that was measured since {deployed.Log.Entries[^1].At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, judged as if it had been looked at every 1 s, none of these is found: error rate is above 10% within 1 min, judged from 50 samples on (goes back). Missing data never passes: it is noted, and so is a time of which a source tells nothing.");
    }

    /// <summary>A look is done in a moment, and health must be looked at all the same.</summary>
    [Test]
    public void Complete_TheReleaseIsIll_GoesBack()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        watched.Deploy();
        watched.World.CheckTakes = TimeSpan.FromSeconds(3);
        watched.World.Health = context => context.Subject.Candidate.Version == "1.1.0" ? Verdict.Fail("ill") : Verdict.Pass("well");
        watched.World.Time.Clock.Advance(Interval);

        Complete(watched).Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded);

        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Complete_HealthCannotBeTold_IsNoted()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        watched.Deploy();
        watched.World.Health = _ => Verdict.InsufficientData("nobody answers");
        watched.World.Time.Clock.Advance(Interval);

        DeploymentResult look = Complete(watched).Single();

        look.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        look.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.CheckFailed).Which.Text.Should().Be("nobody answers");
    }

    private static IEnumerable<MetricSample> Minutes(DateTimeOffset from, DateTimeOffset until)
    {
        for (DateTimeOffset second = from; second + TimeSpan.FromSeconds(1) <= until; second += TimeSpan.FromSeconds(1))
        {
            yield return MetricSample.Ratio(second, second + TimeSpan.FromSeconds(1), 0, 20);
        }
    }

    private static DelegateMetricSource Counter(Metric metric, bool remembers) =>
        new DelegateMetricSource("counters").Add(metric, (_, from, until, _) => Task.FromResult<IReadOnlyList<MetricSample>>([MetricSample.Counted(from, until, 0)]), remembers);

    private static Watched Extended(Action<MonitorBuilder> monitor, Action<MonitorOptions>? configure = null) => new(builder => monitor(builder.With(options =>
    {
        options.Extended = TimeSpan.FromHours(24);
        configure?.Invoke(options);
    })));

    private static IReadOnlyList<DeploymentResult> Complete(Watched watched) => watched.World.Time.Run(() => watched.World.Pipeline().CompleteAsync());

    private static IEnumerable<RunRecord> Looks(Watched watched) => watched.World.Runs().Where(run => run.Kind == RunKind.Watch);
}
