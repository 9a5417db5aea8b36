using System.Text.Json;
using Deployment.Analysis;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Execution;
using Deployment.Tests.Store;

namespace Deployment.Tests.Analysis;

/// <summary>A run that a watch holds: only a person lets it go on.</summary>
[Category("Unit")]
public sealed class HeldWatchTests
{
    [Test]
    public void Resume_ItsHostDiedWhileItWasHeld_IsHeldUntilAPersonDecides([Values] bool dataAreMissing, [Values(JournalEntryKind.CheckFailed, JournalEntryKind.Held)] JournalEntryKind last)
    {
        Watched watched = Died(dataAreMissing, last);

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(watched.World.RunOf("1.1.0")!.Id);
            await Task.Delay(TimeSpan.FromHours(3), watched.World.Time.Clock);
            watched.World.RunOf("1.1.0")!.State.Should().Be(RunState.Held, "it is well by now, and nobody has decided");
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Promote("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Count(entry => entry.Kind == JournalEntryKind.CheckStarted && entry.Step!.Contains("watch", StringComparison.Ordinal)).Should().Be(1, "it was not watched anew");
        result.Log.Entries.Last(entry => entry.Kind == JournalEntryKind.HoldEnded).Text.Should().Be("Promote by ada");
    }

    [Test]
    public void Resume_ItsHostDiedWhileItWasHeld_APersonLetsItLookAgain()
    {
        Watched watched = Died(false, JournalEntryKind.Held);

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(watched.World.RunOf("1.1.0")!.Id);
            await Task.Delay(TimeSpan.FromHours(1), watched.World.Time.Clock);
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Resume("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.CheckPassed && entry.Step!.Contains("watch", StringComparison.Ordinal));
    }

    [Test]
    public void Resume_ItsHostDiedWhileItWasHeld_ErrorsGoBackAllTheSame()
    {
        Watched watched = Died(false, JournalEntryKind.Held, monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5)));
        watched.Latency = _ => 2;

        watched.World.Resume().Outcome.Should().Be(DeploymentOutcome.RolledBack);
    }

    /// <summary>A person decides when told, and the process that asked may be dead by then.</summary>
    [TestCase(SignalKind.Promote, false)]
    [TestCase(SignalKind.PromoteFully, false)]
    [TestCase(SignalKind.Resume, true)]
    public void Resume_APersonDecidedWhileNoProcessDroveIt_GoesOnByThat(SignalKind kind, bool looksAgain)
    {
        Watched watched = Died(false, JournalEntryKind.Held);

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, new Signal { Kind = kind, By = "ada" });
            return await pipeline.ResumeAsync(watched.World.RunOf("1.1.0")!.Id);
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Count(entry => entry.Kind == JournalEntryKind.Held).Should().Be(1, "nobody is asked again");
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.HoldEnded).Which.Text.Should().Be($"{kind} by ada");
        result.Log.Entries.Any(entry => entry.Kind == JournalEntryKind.CheckPassed && entry.Step!.Contains("watch", StringComparison.Ordinal)).Should().Be(looksAgain);
    }

    /// <summary>It was found again, which is another question.</summary>
    [Test]
    public void Resume_APersonLetItLookAgainAndItIsFoundAgain_IsHeldAgain()
    {
        Watched watched = Died(false, JournalEntryKind.Held);
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 0.5);

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Resume("ada"));
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(watched.World.RunOf("1.1.0")!.Id);
            await Task.Delay(TimeSpan.FromHours(1), watched.World.Time.Clock);
            watched.World.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Promote("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Count(entry => entry.Kind == JournalEntryKind.HoldEnded).Should().Be(2);
    }

    /// <summary>What went back while a person decided is told in the log, and judged again, as what any watch found.</summary>
    [Test]
    public void Replay_OfWhatWentBackWhileItWasHeld_SaysTheSame()
    {
        Watched watched = Died(false, JournalEntryKind.Held, monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5)));
        watched.Latency = _ => 2;
        watched.World.Resume().Outcome.Should().Be(DeploymentOutcome.RolledBack);

        WatchReplay replay = watched.World.Time.Run(() => watched.World.Pipeline().ReplayAsync(watched.World.RunOf("1.1.0")!.Id))[^1];

        replay.Outcome.Should().Be(WatchOutcome.RolledBack);
        replay.Verdict.Should().Be(replay.RecordedVerdict);
    }

    /// <summary>All that was seen is kept while a watch lasts: of days of holding no more than one day is.</summary>
    [Test]
    public void Resume_HeldForDays_TheWatchBeginsAnewAfterADay()
    {
        Watched watched = Died(false, JournalEntryKind.Held, monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5)).With(options => (options.Interval, options.StaleAfter) = (TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10))));
        DateTimeOffset held = watched.World.Time.Clock.GetUtcNow();
        watched.Source.Distribution(Metric.LatencyP95, 20, (_, at) => at - held > TimeSpan.FromHours(60) ? 2 : 0.1);

        watched.World.Resume().Outcome.Should().Be(DeploymentOutcome.RolledBack);

        WatchReplay replay = watched.World.Time.Run(() => watched.World.Pipeline().ReplayAsync(watched.World.RunOf("1.1.0")!.Id))[^1];
        replay.At.Should().BeCloseTo(held + TimeSpan.FromHours(60), TimeSpan.FromMinutes(6));
        (replay.At - replay.Since).Should().BeGreaterThan(TimeSpan.FromHours(11)).And.BeLessThan(TimeSpan.FromHours(13), "it is the third day's watch");
        replay.Verdict.Should().Be(replay.RecordedVerdict);
        WatchRecord record = Record(watched);
        record.Looks.Count.Should().BeLessThan(24 * 60 / 5, "what came before the third day is forgotten");
        record.Series.SelectMany(series => series.Samples).Min(sample => sample.Sample.From).Should().BeOnOrAfter(record.Since);
        record.Watches.Should().Be(4, "each day anew is one more test");
        replay.Rules[^1].ToString().Should().StartWith("latency p95 is above 500 ms within 1 min, judged from 200 samples on (RollBack): counted first at 2030-01-03 12:");
    }

    /// <summary>A look of the watch needs no check to be well: what is found for minutes is found all the same.</summary>
    [Test]
    public void Resume_WhileItIsHeldTheCheckerFails_WhatIsFoundForMinutesGoesBack()
    {
        Watched watched = Died(false, JournalEntryKind.Held, monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5) with { For = TimeSpan.FromMinutes(3) }));
        watched.World.Health = context => context.Subject.Candidate.Version == "1.1.0" ? throw new IOException("the checker's own DNS is down") : Deployment.Health.Verdict.Pass("well");
        watched.Latency = _ => 2;

        watched.World.Resume().Outcome.Should().Be(DeploymentOutcome.RolledBack);
    }

    /// <summary>Bad in the first minute of the second day, where a shift would have its warm-up.</summary>
    [Test]
    public void Replay_OfAWatchThatBeganAnew_HasNoWarmUpEither()
    {
        Watched watched = Died(false, JournalEntryKind.Held, monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5) with { MinimumSamples = 100 }).With(options => (options.Interval, options.WarmUp) = (TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2))));
        DateTimeOffset held = watched.World.Time.Clock.GetUtcNow();
        watched.Source.Distribution(Metric.LatencyP95, 20, (_, at) => at - held > TimeSpan.FromHours(24) + TimeSpan.FromSeconds(20) ? 2 : 0.1);
        watched.World.Resume().Outcome.Should().Be(DeploymentOutcome.RolledBack);

        WatchReplay replay = watched.World.Time.Run(() => watched.World.Pipeline().ReplayAsync(watched.World.RunOf("1.1.0")!.Id))[^1];

        (replay.At - replay.Since).Should().BeLessThan(TimeSpan.FromMinutes(2));
        replay.Verdict.Should().Be(replay.RecordedVerdict).And.StartWith("Fail: latency p95");
    }

    /// <summary>A run that is held appends nothing: a journal that fails must end it all the same, so that another process can go on.</summary>
    [Test]
    public void Signal_TheJournalFails_TheRunIsLeftToAnotherProcess()
    {
        Watched watched = Died(false, JournalEntryKind.Held);
        bool isFull = false;
        Action<DeploymentPipelineBuilder> usual = watched.World.Configure;
        watched.World.Configure = pipeline =>
        {
            usual(pipeline);
            pipeline.UseStore(new FullStore(watched.World.Store, () => isFull));
        };

        watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(watched.World.RunOf("1.1.0")!.Id);
            await Task.Delay(TimeSpan.FromHours(1), watched.World.Time.Clock);
            isFull = true;
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Promote("ada"));
            await FluentActions.Awaiting(() => resuming).Should().ThrowAsync<IOException>().WithMessage("no space left");
            isFull = false;
            return (await pipeline.ResumeAsync(watched.World.RunOf("1.1.0")!.Id)).Outcome;
        }).Should().Be(DeploymentOutcome.Succeeded, "the signal is in the inbox still");
    }

    /// <summary>A person has the run: that a checker has a fault of its own decides nothing.</summary>
    [Test]
    public void Resume_WhileItIsHeldTheCheckerFails_IsStillHeld()
    {
        Watched watched = Died(false, JournalEntryKind.Held);
        watched.World.Health = _ => throw new IOException("the checker's own DNS is down");

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(watched.World.RunOf("1.1.0")!.Id);
            await Task.Delay(TimeSpan.FromHours(1), watched.World.Time.Clock);
            watched.World.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            watched.World.Health = _ => Deployment.Health.Verdict.Pass("well");
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Promote("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    /// <summary>web-1 is held; what web-2 does is still to be seen.</summary>
    [TestCase(SignalKind.Promote, DeploymentOutcome.RolledBack)]
    [TestCase(SignalKind.PromoteFully, DeploymentOutcome.Succeeded)]
    public void Promote_OneOfSeveralLanesIsHeld_OnlyThatOneGoesOn(SignalKind kind, DeploymentOutcome outcome)
    {
        var world = new WatchedLanes { OnErrors = FailureAction.Investigate, Errors = (target, at) => target == "web-1" && at < TimeSpan.FromMinutes(1) ? 0.5 : 0 };
        world.IsWell = (target, at) => target != "web-2" || at < TimeSpan.FromMinutes(4);

        DeploymentResult result = world.Deploy(_ => { }, (TimeSpan.FromMinutes(2), _ => new Signal { Kind = kind, By = "ada" }));

        result.Outcome.Should().Be(outcome, result.Reason);
        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.HoldEnded).Select(entry => entry.Step).Should().Equal("targets/web-1/watch-for-5-min");
        _ = outcome == DeploymentOutcome.Succeeded ? null : result.Reason.Should().Be("'Watch for 5 min' failed: it is gone");
    }

    private static WatchRecord Record(Watched watched)
    {
        JournalEntry entry = watched.World.Time.Run(() => watched.World.Pipeline().ReadLogAsync(watched.World.RunOf("1.1.0")!.Id)).Entries.Last(entry => entry.Detail?.ContainsKey("record") == true);
        return JsonSerializer.Deserialize(watched.World.Store.GetBlobAsync(entry.Detail!["record"], CancellationToken.None).Result!.Value.Span, Deployment.Json.CoreJson.Default.WatchRecord)!;
    }

    private sealed class FullStore(IDeploymentStore right, Func<bool> isFull) : WrongStore(right)
    {
        public override Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken) =>
            isFull() ? Task.FromException(new IOException("no space left")) : base.AppendAsync(runId, epoch, frame, cancellationToken);
    }

    /// <summary>Deployed until the watch has held it; there the process dies, and all is well from then on.</summary>
    private static Watched Died(bool dataAreMissing, JournalEntryKind last, Action<MonitorBuilder>? more = null)
    {
        var watched = new Watched(monitor =>
        {
            _ = dataAreMissing ? monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)) : monitor.InvestigateWhen(Metric.ErrorRate.IsAbove(0.1));
            more?.Invoke(monitor);
        });
        bool died = false;
        watched.Source.Samples(Metric.ErrorRate, (_, from, until) => until > from && (died || !dataAreMissing) ? [MetricSample.Ratio(from, until, died ? 0 : 50, 100)] : []);
        watched.World.DieAfter(entry => entry.Kind == last && entry.Step!.Contains("watch", StringComparison.Ordinal));
        died = true;
        return watched;
    }
}
