using Deployment.Analysis;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

/// <summary>A watch can be judged again by what it saw: the same rules say the same again, others something else.</summary>
[Category("Unit")]
public sealed class ReplayTests
{
    private static readonly MetricRule TooManyErrors = Metric.ErrorRate.IsAbove(0.10);

    private static readonly MetricRule ByEachSecond = TooManyErrors with { Window = TimeSpan.FromSeconds(1), MinimumSamples = 1 };

    private static IEnumerable<TestCaseData> Watches()
    {
        TestCaseData Case(string name, WatchOutcome outcome, Func<Watched> make) => new TestCaseData(make, outcome).SetArgDisplayNames(name);
        Watched With(Action<MonitorBuilder> monitor, Action<Watched>? more = null, TimeSpan? bake = null)
        {
            var watched = new Watched(monitor, bake);
            more?.Invoke(watched);
            return watched;
        }

        yield return Case("nothing is found", WatchOutcome.Passed, () => With(monitor => monitor.RollBackWhen(TooManyErrors)));
        yield return Case("many errors", WatchOutcome.RolledBack, () => With(monitor => monitor.RollBackWhen(TooManyErrors), watched => watched.Errors = _ => 0.12));
        yield return Case("for long enough", WatchOutcome.RolledBack, () => With(monitor => monitor.RollBackWhen(TooManyErrors with { For = TimeSpan.FromSeconds(20) }), watched => watched.Errors = _ => 0.5));
        yield return Case("some of the looks", WatchOutcome.RolledBack, () => With(monitor => monitor.RollBackWhen(ByEachSecond with { Failures = 3, Looks = 5 }), watched =>
        {
            int second = 0;
            watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => second++ % 5 is 0 or 2 or 4 ? 1 : 0);
        }));
        yield return Case("slow after the warm-up", WatchOutcome.RolledBack, () => With(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5)), watched => watched.Latency = version => version == "1.1.0" ? 2 : 0.1));
        yield return Case("slower than what was recorded", WatchOutcome.RolledBack, () => With(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5)), watched => watched.Latency = version => version == "1.1.0" ? 0.2 : 0.1));
        yield return Case("worse one of two wins", WatchOutcome.RolledBack, () => With(monitor => monitor.InvestigateWhen(Metric.ErrorRate.IsAbove(0.05)).RollBackWhen(TooManyErrors), watched => watched.Errors = _ => 0.5));
        yield return Case("a note decides nothing", WatchOutcome.Passed, () => With(monitor => monitor.NoteWhen(TooManyErrors).RollBackWhen(Metric.LatencyP95.IsAbove(3)), watched => watched.Errors = _ => 0.5));
        yield return Case("held", WatchOutcome.Held, () => With(monitor => monitor.InvestigateWhen(TooManyErrors), watched => watched.Errors = _ => 0.5));
        yield return Case("no samples", WatchOutcome.Held, () => With(monitor => monitor.RollBackWhen(TooManyErrors), watched => watched.Source.Samples(Metric.ErrorRate, (_, _, _) => [])));
        yield return Case("source fails", WatchOutcome.Held, () => With(monitor => monitor.RollBackWhen(TooManyErrors), watched => watched.Source.Before((_, _, _) => throw new IOException("refused"))));
        yield return Case("source fails in two ways", WatchOutcome.Held, () => With(monitor => monitor.RollBackWhen(TooManyErrors), watched =>
        {
            int looks = 0;
            watched.Source.Before((_, _, _) => looks++ switch
            {
                < 20 => Task.CompletedTask,
                < 26 => throw new IOException("refused"),
                _ => throw new IOException("reset"),
            });
        }));
        yield return Case("source recovers", WatchOutcome.Passed, () => With(monitor => monitor.RollBackWhen(TooManyErrors), watched =>
        {
            int looks = 0;
            watched.Source.Before((_, _, _) => looks++ is > 10 and < 19 or > 40 and < 49 ? throw new IOException("refused") : Task.CompletedTask);
        }));
        yield return Case("missing goes back", WatchOutcome.RolledBack, () => With(monitor => monitor.RollBackWhen(TooManyErrors).With(options => options.OnMissingData = MissingDataAction.RollBack), watched => watched.Source.Samples(Metric.ErrorRate, (_, _, _) => [])));
        yield return Case("missing was waited for", WatchOutcome.Held, () => With(monitor => monitor.RollBackWhen(TooManyErrors).With(options => options.OnMissingData = MissingDataAction.Wait), watched => watched.Source.Before((_, _, _) => throw new IOException("refused")), TimeSpan.FromMinutes(1)));
        yield return Case("went stale", WatchOutcome.Held, () => With(monitor => monitor.RollBackWhen(TooManyErrors), watched =>
        {
            DateTimeOffset? begin = null;
            watched.Source.Samples(Metric.ErrorRate, (_, from, until) => until - (begin ??= until) < TimeSpan.FromSeconds(270) && until > from ? [MetricSample.Ratio(from, until, 0, 20)] : []);
        }));
    }

    [TestCaseSource(nameof(Watches))]
    public void Replay_SameRules_SaysTheSameWordForWord(object make, WatchOutcome outcome)
    {
        Watched watched = ((Func<Watched>)make)();
        DeploymentResult result = DeployedOrAborted(watched);

        WatchReplay replay = Replay(watched).Should().ContainSingle().Subject;

        replay.RecordedOutcome.Should().Be(outcome);
        replay.Outcome.Should().Be(outcome);
        replay.Verdict.Should().Be(replay.RecordedVerdict);
        replay.At.Should().Be(replay.RecordedAt);
        JournalEntry verdict = Watched.Verdict(result);
        replay.Verdict.Should().Be($"{verdict.Detail!.GetValueOrDefault("Result") ?? "Pass"}: {verdict.Text}");
        replay.Step.Should().Be(verdict.Step);
        replay.Rules.Should().OnlyContain(rule => rule.Judgement.Reason.Length > 0);
    }

    [TestCase(0, WatchOutcome.Passed)]
    [TestCase(0.5, WatchOutcome.RolledBack)]
    [TestCase(double.NaN, WatchOutcome.InsufficientData)]
    public void Replay_OfALaterLook_SaysTheSameWordForWord(double errors, WatchOutcome outcome)
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors).With(options => options.Extended = TimeSpan.FromHours(1)));
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        watched.Errors = _ => errors;
        if (double.IsNaN(errors))
        {
            watched.Source.Before((_, _, _) => throw new IOException("refused"));
        }

        watched.World.Time.Clock.Advance(TimeSpan.FromMinutes(10));
        DeploymentResult look = watched.World.Time.Run(() => watched.World.Pipeline().CompleteAsync()).First(result => result.Runbook.Kind == RunKind.Watch);

        WatchReplay replay = watched.World.Time.Run(() => watched.World.Pipeline().ReplayAsync(look.RunId)).Should().ContainSingle().Subject;

        replay.RecordedOutcome.Should().Be(outcome);
        replay.Outcome.Should().Be(outcome);
        replay.Verdict.Should().Be(replay.RecordedVerdict);
        replay.At.Should().Be(replay.RecordedAt);
    }

    [Test]
    public void Replay_OptionalRulesThatNothingMeasured_AreLeftOutAgain()
    {
        var watched = new Watched(monitor => monitor.UseFieldCriteria());
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        WatchReplay replay = Replay(watched).Single();

        replay.Verdict.Should().Be(replay.RecordedVerdict);
        replay.LeftOut.Should().Contain(rule => rule.EndsWith("memory of the candidate was not recorded", StringComparison.Ordinal));
        replay.Rules.Should().NotContain(rule => rule.Rule.StartsWith("memory", StringComparison.Ordinal));
    }

    [Test]
    public void Replay_AfterACrash_SaysWhatWasSaidAfterIt()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        watched.World.DieAfter(entry => entry.Kind == JournalEntryKind.CheckStarted && entry.Step!.Contains("watch", StringComparison.Ordinal));
        watched.World.Time.Clock.Advance(TimeSpan.FromMinutes(20));
        watched.World.Resume().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        WatchReplay replay = Replay(watched).Single();

        replay.Verdict.Should().StartWith("Pass: 61 looks in 1 min").And.Be(replay.RecordedVerdict);
        replay.Outcome.Should().Be(WatchOutcome.Passed);
    }

    [Test]
    public void Replay_OfWhatPassed_ByAStricterLimit_WouldHaveGoneBackThen()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        DateTimeOffset? begin = null;
        watched.Source.Ratio(Metric.ErrorRate, 20, (subject, at) => subject.Revision.Version == "1.1.0" && at - (begin ??= at) > TimeSpan.FromSeconds(100) ? 0.08 : 0);
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        WatchReplay replay = Replay(watched, monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.05)).NoteWhen(Metric.ErrorRate.IsAbove(0.02))).Single();

        replay.RecordedOutcome.Should().Be(WatchOutcome.Passed);
        replay.Outcome.Should().Be(WatchOutcome.RolledBack);
        replay.Verdict.Should().MatchRegex(@"^Fail: error rate is above 5% within 1 min, judged from 50 samples on: error rate is 5\.\d+% \(\d+ of 1200\); the limit is 5%\.$");
        (replay.At - replay.Since).Should().BeGreaterThan(TimeSpan.FromSeconds(130)).And.BeLessThan(TimeSpan.FromSeconds(160), "it takes more than half of the window until 5% of it are bad");
        replay.Rules.Should().HaveCount(2);
        replay.Rules[0].CountedAt.Should().Be(replay.At);
        replay.Rules[1].CountedAt.Should().BeBefore(replay.At);
        replay.Rules[1].Judgement.Reason.Should().EndWith("the limit is 2%.");
    }

    [Test]
    public void Replay_OfWhatWentBack_ByALooserLimit_CannotTellWhatCameThen()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors)) { Errors = _ => 0.5 };
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.RolledBack);

        WatchReplay replay = Replay(watched, monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.6))).Single();

        replay.RecordedOutcome.Should().Be(WatchOutcome.RolledBack);
        replay.Outcome.Should().Be(WatchOutcome.InsufficientData, "a release that was taken back after 3 s was not seen to stay well for 5 min");
        replay.Verdict.Should().Match("InsufficientData: Nothing had decided when the record ends at * UTC, and the watch would have gone on until * UTC: error rate is 50% (30 of 60); the limit is 60%.");
        replay.Rules.Single().CountedAt.Should().BeNull();
        replay.ToString().Should().Contain(": InsufficientData at ");
    }

    [Test]
    public void Replay_OtherOptions_AreJudgedBy()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5)));
        DateTimeOffset? begin = null;
        watched.Source.Distribution(Metric.LatencyP95, 20, (subject, at) => subject.Revision.Version == "1.1.0" && at - (begin ??= at) < TimeSpan.FromSeconds(28) ? 2 : 0.1);
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded, "it was slow in the warm-up");

        Replay(watched, monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5)).With(options => options.WarmUp = TimeSpan.Zero)).Single().Outcome.Should().Be(WatchOutcome.RolledBack);
        Replay(watched, monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5))).Single().Outcome.Should().Be(WatchOutcome.Passed, "what isn't said is as in the pipeline");
    }

    [Test]
    public void Replay_AnotherQuantileOfWhatWasRecorded_IsJudged()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5)));
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        WatchReplay replay = Replay(watched, monitor => monitor.RollBackWhen(Metric.Distribution("latency p95", 0.25, MetricUnit.Seconds).IsAbove(0.07))).Single();

        replay.Verdict.Should().StartWith("Fail: latency p95 is above 70 ms").And.Contain("latency p95 is 100.935 ms");
    }

    [TestCase("memory of the candidate was not recorded.")]
    [TestCase("error rate was recorded as Ratio in Ratio, and the rule takes it for Level in Count.")]
    [TestCase("error rate of the baseline was not recorded.")]
    public void Replay_WhatWasNotRecorded_IsMissingData(string reason)
    {
        MetricRule rule = reason[0] == 'm' ? Metric.Memory.IsAbove(0.9)
            : reason.Contains("baseline", StringComparison.Ordinal) ? Metric.ErrorRate.IsAboveBaselineBy(0.5)
            : Metric.Level("error rate", MetricUnit.Count).IsAbove(1);
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        WatchReplay replay = Replay(watched, monitor => monitor.RollBackWhen(rule)).Single();

        replay.Outcome.Should().Be(WatchOutcome.InsufficientData);
        replay.Verdict.Should().Be($"InsufficientData: It can't be told whether {rule}: {reason}");
        replay.Rules.Single().Judgement.Should().Match<Judgement>(judgement => judgement.Result == JudgementResult.InsufficientData && judgement.Reason == reason);
    }

    [Test]
    public void Replay_EachStepOfACanary_IsJudgedForItself()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors), strategy: pipeline => pipeline.UseCanary(canary =>
        {
            canary.Steps = [10, 100];
            canary.BakeTime = TimeSpan.FromMinutes(1);
        }));
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        IReadOnlyList<WatchReplay> replays = Replay(watched);

        replays.Should().HaveCount(2).And.OnlyContain(replay => replay.Outcome == WatchOutcome.Passed && replay.Verdict == replay.RecordedVerdict);
        replays.Select(replay => replay.Step).Should().OnlyHaveUniqueItems();
        replays[0].At.Should().BeOnOrBefore(replays[1].Since);
    }

    [Test]
    public void Replay_AWatchThatHealthEnded_HasNothingToJudge()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        watched.World.Health = context => context.Duration is null ? Deployment.Health.Verdict.Pass("well") : Deployment.Health.Verdict.Fail("it is gone");
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.RolledBack);

        FluentActions.Invoking(() => Replay(watched)).Should().Throw<DeploymentException>().WithMessage("Run * has nothing to judge again: no watch of it has decided by its metrics so far.");
    }

    [Test]
    public void Replay_RulesThatAreNone_AreRefusedTogether()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        watched.Deploy();

        FluentActions.Invoking(() => Replay(watched, monitor => monitor.RollBackWhen(TooManyErrors with { MinimumSamples = 0 }).With(options => options.MaxSourceErrors = 0)))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(2);
    }

    [Test]
    public void Replay_AJudgeThatThrows_CannotTell()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        watched.Deploy();

        WatchReplay replay = Replay(watched, monitor => monitor.RollBackWhen(new MetricRule(new ThrowingJudge()))).Single();

        replay.Outcome.Should().NotBe(WatchOutcome.Passed).And.NotBe(WatchOutcome.RolledBack);
        replay.Verdict.Should().Be("InsufficientData: It can't be told whether it throws: It can't be judged: InvalidOperationException: out of range");
    }

    private static IReadOnlyList<WatchReplay> Replay(Watched watched, Action<MonitorBuilder>? configure = null) =>
        watched.World.Time.Run(() => watched.World.Pipeline().ReplayAsync(watched.World.RunOf("1.1.0")!.Id, configure));

    /// <summary>What is held is aborted after half an hour.</summary>
    private static DeploymentResult DeployedOrAborted(Watched watched) => watched.World.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = watched.World.Pipeline();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
        if (await Task.WhenAny(deploying, Task.Delay(TimeSpan.FromMinutes(30), watched.World.Time.Clock)) != deploying)
        {
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Abort("ada"));
        }

        return await deploying;
    });

    private sealed class ThrowingJudge : MetricJudge
    {
        public override string Name => "throwing";

        public override IReadOnlyList<Metric> Metrics => [Metric.ErrorRate];

        public override bool NeedsBaseline => false;

        public override string Condition => "it throws";

        public override Judgement Judge(MetricWindow window) => throw new InvalidOperationException("out of range");
    }
}
