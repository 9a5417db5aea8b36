using Deployment.Analysis;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class WatchTests
{
    private static readonly MetricRule TooManyErrors = Metric.ErrorRate.IsAbove(0.10);

    [Test]
    public void Deploy_NothingIsFound_PassesWhenTheTimeIsOver()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckPassed, "watch").Should().Be(TimeSpan.FromMinutes(5));
        Watched.Verdict(result).Text.Should().Be("301 looks in 5 min found nothing: error rate is 0% (0 of 1200); the limit is 10%.");
    }

    [TestCase(0.12, 3, "error rate is above 10% within 1 min, judged from 50 samples on: error rate is 11.667% (7 of 60); the limit is 10%.")]
    [TestCase(0.25, 3, "error rate is above 10% within 1 min, judged from 50 samples on: error rate is 25% (15 of 60); the limit is 10%.")]
    [TestCase(1, 3, "error rate is above 10% within 1 min, judged from 50 samples on: error rate is 100% (60 of 60); the limit is 10%.")]
    public void Deploy_ErrorsAboveTheLimit_GoesBackAsSoonAsEnoughWasSeen(double errors, int seconds, string reason)
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors)) { Errors = version => version == "1.1.0" ? errors : 0 };

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "watch").Should().Be(TimeSpan.FromSeconds(seconds), "60 of 50 requests are there after 3 s");
        Watched.Verdict(result).Text.Should().Be(reason);
    }

    [Test]
    public void Deploy_BelowTheLimit_NeverGoesBack()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors)) { Errors = _ => 0.09 };

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Verdict_HoldsItsEvidence()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors)) { Errors = _ => 0.5 };

        JournalEntry verdict = Watched.Verdict(watched.Deploy());

        verdict.Detail!.Where(pair => pair.Key is not ("record" or "since" or "until" or "decided")).Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["rule"] = "error rate is above 10% within 1 min, judged from 50 samples on",
            ["judge"] = "threshold",
            ["value"] = "50%",
            ["threshold"] = "10%",
            ["samples"] = "60",
            ["looks"] = "4",
            ["Result"] = "Fail",
            ["error rate of shop_1.1.0_1 on web"] = "fake metrics: error rate of shop_1.1.0_1 on web",
        });
        watched.World.Store.GetBlobAsync(verdict.Detail!["record"], CancellationToken.None).Result.Should().NotBeNull("all samples are kept");
    }

    [Test]
    public void Deploy_LatencyInTheWarmUp_DoesNotCount_ErrorsDo()
    {
        DateTimeOffset? shifted = null;
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5)));
        watched.Source.Distribution(Metric.LatencyP95, 20, (subject, at) => subject.Revision.Version == "1.1.0" && at - (shifted ??= at) < TimeSpan.FromSeconds(28) ? 2 : 0.1);

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded, "it was slow for 28 s, of 30 s of warm-up");

        var failing = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        DateTimeOffset? begin = null;
        failing.Source.Ratio(Metric.ErrorRate, 20, (subject, at) => subject.Revision.Version == "1.1.0" && at - (begin ??= at) < TimeSpan.FromSeconds(28) ? 0.5 : 0);
        failing.Deploy().Outcome.Should().Be(DeploymentOutcome.RolledBack);
    }

    [Test]
    public void Deploy_LatencyAfterTheWarmUp_Counts()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAbove(0.5) with { MinimumSamples = 50 })) { Latency = version => version == "1.1.0" ? 2 : 0.1 };

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "watch").Should().BeGreaterThan(TimeSpan.FromSeconds(30)).And.BeLessThan(TimeSpan.FromSeconds(36));
    }

    [Test]
    public void Deploy_SlowerThanTheBaseline_GoesBackByWhatWasRecorded()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5))) { Latency = version => version == "1.1.0" ? 0.2 : 0.1 };

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Runbook.Steps.OfType<CheckStep>().Take(2).Select(step => step.Check).Should().Equal("metric sources", "baseline");
        Watched.Verdict(result).Detail!["value of the baseline"].Should().Be("107.188 ms");
    }

    [Test]
    public void Deploy_AsFastAsTheBaseline_Passes()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5)));

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Plan_FirstDeployment_LeavesOutWhatHasNothingToCompareWith_AndSaysSo()
    {
        var world = new Deployment.Tests.Execution.World();
        var source = new FakeMetricSource(world.Time.Clock);
        source.Distribution(Metric.LatencyP95, 20, (_, _) => 9).Ratio(Metric.ErrorRate, 20, (_, _) => 0);
        world.Configure = pipeline => pipeline.UseBlueGreen().Monitor(TimeSpan.FromMinutes(1), monitor => monitor.From(source)
            .RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5)).RollBackWhen(TooManyErrors).With(options => options.Intensive = TimeSpan.Zero));

        DeploymentResult result = world.Deploy("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        CheckStep watch = result.Runbook.Steps.OfType<CheckStep>().Single(step => step.Check == "watch");
        watch.Expected.Should().EndWith("Left out: latency p95 is more than 50% above the baseline within 1 min, judged from 200 samples on: there is nothing to compare with.");
        result.Runbook.Steps.OfType<CheckStep>().Should().NotContain(step => step.Check == "baseline");
        result.Runbook.Steps.OfType<CheckStep>().Single(step => step.Check == "metric sources").Expected.Should().Be("fake metrics can be asked.");
    }

    [Test]
    public void Deploy_FoundForLongEnough_CountsThen()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors with { For = TimeSpan.FromSeconds(20) })) { Errors = _ => 0.5 };

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "watch").Should().Be(TimeSpan.FromSeconds(23));
    }

    [Test]
    public void Deploy_FoundForTooShort_DoesNotCount()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors with { For = TimeSpan.FromSeconds(20), Window = TimeSpan.FromSeconds(5), MinimumSamples = 20 }));
        DateTimeOffset? begin = null;
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, at) => at - (begin ??= at) < TimeSpan.FromSeconds(12) ? 1 : 0);

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [TestCase(3, DeploymentOutcome.RolledBack)]
    [TestCase(4, DeploymentOutcome.Succeeded)]
    public void Deploy_SomeOfTheLooksFindIt_CountsBySoManyOfSoMany(int failures, DeploymentOutcome outcome)
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors with { Window = TimeSpan.FromSeconds(1), MinimumSamples = 1, Failures = failures, Looks = 5 }));
        int second = 0;
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => second++ % 5 is 0 or 2 or 4 ? 1 : 0);

        watched.Deploy().Outcome.Should().Be(outcome);
    }

    [Test]
    public void Deploy_Investigate_HoldsAndAPersonDecides()
    {
        var watched = new Watched(monitor => monitor.InvestigateWhen(TooManyErrors)) { Errors = _ => 0.5 };

        DeploymentResult result = Held(watched, Signal.Abort("ada"));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.Held).Which.Text.Should()
            .Be("error rate is above 10% within 1 min, judged from 50 samples on: error rate is 50% (30 of 60); the limit is 10%. Resume to check again, promote to go on all the same, abort to go back, or supersede it with a newer release (SupersedeAsync).");
        Held(new Watched(monitor => monitor.InvestigateWhen(TooManyErrors)) { Errors = _ => 0.5 }, Signal.Promote("ada")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Held_ErrorsComeBeforeAPersonDecides_GoesBack()
    {
        DateTimeOffset? begin = null;
        var watched = new Watched(monitor => monitor.InvestigateWhen(Metric.LatencyP95.IsAbove(0.5)).RollBackWhen(TooManyErrors)) { Latency = _ => 2 };
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, at) => at - (begin ??= at) > TimeSpan.FromHours(1) ? 1 : 0);

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().StartWith("'Watch for 5 min' failed: error rate is above 10%");
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.Held);
        (result.Log.Entries[^1].At - result.Log.Entries[0].At).Should().BeCloseTo(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
    }

    [Test]
    public void Held_TurnsUnhealthyBeforeAPersonDecides_GoesBack()
    {
        var watched = new Watched(monitor => monitor.InvestigateWhen(TooManyErrors)) { Errors = _ => 0.5 };
        DateTimeOffset? begin = null;
        watched.World.Health = context => context.Duration is not null && context.TimeProvider.GetUtcNow() - (begin ??= context.TimeProvider.GetUtcNow()) > TimeSpan.FromMinutes(30)
            ? Deployment.Health.Verdict.Fail("it is gone")
            : Deployment.Health.Verdict.Pass("well");

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("'Watch for 5 min' failed: it is gone");
    }

    [Test]
    public void Deploy_FoundAtTheEndAndNotYetForLongEnough_IsNoPass()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors with { For = TimeSpan.FromSeconds(60) }));
        DateTimeOffset? begin = null;
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, at) => at - (begin ??= at) > TimeSpan.FromSeconds(280) ? 0.9 : 0);

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "watch").Should().BeGreaterThan(TimeSpan.FromMinutes(5)).And.BeLessThan(TimeSpan.FromMinutes(7));
    }

    [Test]
    public void Deploy_FoundAtTheEndAndOverAfterwards_Passes()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors with { For = TimeSpan.FromSeconds(60), Window = TimeSpan.FromSeconds(5), MinimumSamples = 20 }));
        DateTimeOffset? begin = null;
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, at) => at - (begin ??= at) is var after && after > TimeSpan.FromSeconds(280) && after < TimeSpan.FromSeconds(310) ? 0.9 : 0);

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Deploy_ANoteCannotBeJudged_IsNoReasonToGoBack()
    {
        var watched = new Watched(monitor => monitor.NoteWhen(Metric.LatencyP95.IsAbove(9)).RollBackWhen(TooManyErrors));
        bool other = false;
        watched.Source.Samples(Metric.LatencyP95, (_, from, until) => until > from
            ? [MetricSample.Distribution(from, until, (other = !other) ? new MetricHistogram([1], [1, 0]) : new MetricHistogram([2], [1, 0]))]
            : []);

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Deploy_Note_IsNotedOnceAndGoesOn()
    {
        var watched = new Watched(monitor => monitor.NoteWhen(TooManyErrors)) { Errors = _ => 0.5 };

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.CheckNoted).Which.Text.Should().StartWith("error rate is above 10%");
    }

    [Test]
    public void Deploy_BothRulesCount_TheOneThatGoesBackWins()
    {
        var watched = new Watched(monitor => monitor.InvestigateWhen(Metric.ErrorRate.IsAbove(0.05)).RollBackWhen(TooManyErrors)) { Errors = _ => 0.5 };

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.RolledBack);
    }

    [Test]
    public void Promote_DuringAWatch_SkipsTheRest()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));

        DeploymentResult result = During(watched, TimeSpan.FromMinutes(1), Signal.Promote("ada"));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.WaitEnded).Which.Text.Should().Be("Promote by ada");
        (result.Log.Entries[^1].At - result.Log.Entries[0].At).Should().BeLessThan(TimeSpan.FromSeconds(90));
    }

    [Test]
    public void Deploy_TurnsUnhealthyWhileItBakes_GoesBackAtOnce()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        DateTimeOffset? begin = null;
        watched.World.Health = context => context.Duration is not null && context.TimeProvider.GetUtcNow() - (begin ??= context.TimeProvider.GetUtcNow()) > TimeSpan.FromMinutes(1)
            ? Deployment.Health.Verdict.Fail("it is gone")
            : Deployment.Health.Verdict.Pass("well");

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("'Watch for 5 min' failed: it is gone");
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "watch").Should().BeCloseTo(TimeSpan.FromSeconds(65), TimeSpan.FromSeconds(5));
    }

    [Test]
    public void Deploy_AHealthCheckHangsAndDoesNotListen_ErrorsGoBackAllTheSame()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors), strategy: pipeline => pipeline.UseBlueGreen()
            .Check(new ScriptedCheck("deaf").Passes().Answers((_, _) => new TaskCompletionSource<Deployment.Health.Verdict>().Task).Passes(), Moment.Installed)) { Errors = _ => 0.5 };

        DeploymentResult result = watched.Deploy();

        result.Reason.Should().StartWith("'Watch for 5 min' failed: error rate is above 10%");
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "watch").Should().BeLessThan(TimeSpan.FromSeconds(15));
    }

    [Test]
    public void Resume_DiedDuringAWatch_GoesOnForTheRestOfTheTime()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        watched.World.DieAfter(entry => entry.Kind == JournalEntryKind.CheckStarted && entry.Step!.Contains("watch", StringComparison.Ordinal));
        watched.World.Time.Clock.Advance(TimeSpan.FromMinutes(2));
        DateTimeOffset begin = watched.World.Time.Clock.GetUtcNow();

        DeploymentResult result = watched.World.Resume();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        (result.Log.Entries[^1].At - begin).Should().BeLessThan(TimeSpan.FromMinutes(3), "2 of 5 minutes were over");
    }

    [Test]
    public void Resume_DiedAtTheEndOfAWatch_GoesOnForAMinute()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors)) { Errors = _ => 0.5 };
        watched.World.DieAfter(entry => entry.Kind == JournalEntryKind.CheckStarted && entry.Step!.Contains("watch", StringComparison.Ordinal));
        watched.World.Time.Clock.Advance(TimeSpan.FromMinutes(20));

        watched.World.Resume().Outcome.Should().Be(DeploymentOutcome.RolledBack, "it looks before it passes");
    }

    [Test]
    public void Deploy_NoQueryReachesBackBeforeTheShift()
    {
        List<(DateTimeOffset From, bool IsBaseline)> asked = [];
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors), strategy: pipeline => pipeline.UseCanary(canary =>
        {
            canary.Steps = [10, 100];
            canary.BakeTime = TimeSpan.FromMinutes(1);
        }));
        watched.Source.Samples(Metric.ErrorRate, (subject, from, until) =>
        {
            asked.Add((from, subject.Revision.Version != "1.1.0"));
            return [MetricSample.Ratio(from, until, 0, 100)];
        });

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        JournalEntry[] shifts = [.. result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.StepSucceeded && entry.Step!.Contains("shift", StringComparison.Ordinal))];
        shifts.Should().HaveCount(2);
        asked.Should().OnlyContain(ask => !ask.IsBaseline);
        asked.Where(ask => ask.From < shifts[1].At).Should().OnlyContain(ask => ask.From >= shifts[0].At);
        asked.Should().Contain(ask => ask.From == shifts[1].At, "the next watch begins at the next shift");
    }

    [Test]
    public void Deploy_OldErrorsInSamplesThatReachBack_AreNotJudged()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors with { MinimumSamples = 1 }), bake: TimeSpan.FromMinutes(8));
        // As rate[5m] does: for five minutes it tells of the old release as well.
        DateTimeOffset? begin = null;
        watched.Source.Samples(Metric.ErrorRate, (_, from, until) =>
        {
            begin ??= from;
            return until > from ? [MetricSample.Figure(until - TimeSpan.FromMinutes(5), until, until - begin < TimeSpan.FromMinutes(5) ? 0.5 : 0)] : [];
        });

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    private static DeploymentResult Held(Watched watched, Signal signal) => During(watched, TimeSpan.FromMinutes(10), signal);

    private static DeploymentResult During(Watched watched, TimeSpan after, Signal signal) => watched.World.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = watched.World.Pipeline();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(Deployment.Tests.Execution.World.Version("1.1.0"));
        await Task.Delay(after, watched.World.Time.Clock);
        await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, signal);
        return await deploying;
    });
}
