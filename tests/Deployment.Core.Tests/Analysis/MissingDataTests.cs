using Deployment.Analysis;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>Missing, stale, impossible or erroring data never passes.</summary>
[Category("Unit")]
public sealed class MissingDataTests
{
    private static readonly MetricRule TooManyErrors = Metric.ErrorRate.IsAbove(0.10);

    private static IEnumerable<TestCaseData> Troubles()
    {
        TestCaseData Case(string name, string reason, Action<Watched> make) => new TestCaseData(make, reason).SetArgDisplayNames(name);
        yield return Case("no samples", "*has 0 samples of the candidate, and 50 are needed: the newest sample of error rate of shop_1.1.0_1 on web is of*", watched => watched.Source.Samples(Metric.ErrorRate, (_, _, _) => []));
        yield return Case("too few", "*has 3 samples of the candidate, and 50 are needed.", watched => watched.Source.Samples(Metric.ErrorRate, (_, from, until) => until - from > TimeSpan.FromSeconds(20) ? [MetricSample.Ratio(until - TimeSpan.FromSeconds(1), until, 0, 1)] : []));
        yield return Case("throws", "*looks in a row could not read error rate of shop_1.1.0_1 on web: IOException: refused.", watched => watched.Source.Before((_, _, _) => throw new IOException("refused")));
        yield return Case("shows query and answer", "*could not read error rate of shop_1.1.0_1 on web: p was asked `up{}`. It can't be used. It answered: <html>.", watched => watched.Source.Before((_, _, _) => throw new MetricSourceException("p", "up{}", "It can't be used.", "<html>")));
        yield return Case("hangs", "*could not read error rate of shop_1.1.0_1 on web: fake metrics did not answer `error rate of shop_1.1.0_1 on web` within 5 s.", watched => watched.Source.Before((_, _, token) => Task.Delay(Timeout.Infinite, token)));
        yield return Case("hangs and doesn't listen", "*did not answer*", watched => watched.Source.Before((_, _, _) => new TaskCompletionSource().Task));
        yield return Case("NaN", "*what can't be used: a sample is NaN.", watched => watched.Source.Samples(Metric.ErrorRate, (_, from, until) => [MetricSample.Figure(from, until, double.NaN, 100)]));
        yield return Case("more bad than all", "*what can't be used: a sample has 2 bad ones of 1.", watched => watched.Source.Samples(Metric.ErrorRate, (_, from, until) => [MetricSample.Ratio(from, until, 2, 1)]));
        yield return Case("overlapping samples", "*what can't be used: a sample begins at * UTC, before the end of the one before it (*): both tell of the same time, which would count twice.", watched => watched.Source.Samples(Metric.ErrorRate, (_, from, until) => until > from ? [MetricSample.Ratio(until - TimeSpan.FromSeconds(2), until, 0, 20)] : []));
        yield return Case("a share above all", "*what can't be used: a sample says that 1.5 of all were bad, and a ratio is 0 to 1.", watched => watched.Source.Samples(Metric.ErrorRate, (_, from, until) => [MetricSample.Figure(from, until, 1.5, 100)]));
        yield return Case("a share below nothing", "*what can't be used: a sample says that -0.5 of all were bad, and a ratio is 0 to 1.", watched => watched.Source.Samples(Metric.ErrorRate, (_, from, until) => [MetricSample.Figure(from, until, -0.5, 100)]));
        yield return Case("clock ahead", "*later than now: the clocks differ.", watched => watched.Source.Samples(Metric.ErrorRate, (_, from, until) => [MetricSample.Ratio(until, until + TimeSpan.FromMinutes(3), 0, 100)]));
        yield return Case("clock behind", "*the newest sample of error rate of shop_1.1.0_1 on web is of*", watched => watched.Source.Samples(Metric.ErrorRate, (_, from, until) => [MetricSample.Ratio(until - TimeSpan.FromSeconds(181), until - TimeSpan.FromSeconds(180), 0, 100)]));
        yield return Case("went stale", "*error rate is 0% (0 of *); the limit is 10%. But the newest sample*old.", watched =>
        {
            DateTimeOffset? begin = null;
            watched.Source.Samples(Metric.ErrorRate, (_, from, until) => until - (begin ??= until) < TimeSpan.FromSeconds(270) && until > from ? [MetricSample.Ratio(from, until, 0, 20)] : []);
        });
    }

    [TestCaseSource(nameof(Troubles))]
    public void Deploy_MetricsCannotBeHad_IsHeld(object make, string reason)
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        ((Action<Watched>)make)(watched);

        DeploymentResult result = Aborted(watched);

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("Abort by ada");
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.CheckFailed).Which.Text.Should().Match(reason);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.Held);
    }

    [Test]
    public void Deploy_MetricsCannotBeHad_GoesBackWhereThatWasChosen()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors).With(options => options.OnMissingData = MissingDataAction.RollBack));
        watched.Source.Samples(Metric.ErrorRate, (_, _, _) => []);

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().StartWith("'Watch for 5 min' failed: It can't be told whether error rate is above 10%");
    }

    [Test]
    public void Resume_DiedWhenMissingDataHadDecided_GoesBack()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors).With(options => options.OnMissingData = MissingDataAction.RollBack));
        watched.Source.Samples(Metric.ErrorRate, (_, _, _) => []);
        watched.World.DieAfter(entry => entry.Kind == JournalEntryKind.CheckFailed);
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 0);

        watched.World.Resume().Outcome.Should().Be(DeploymentOutcome.RolledBack, "it was decided");
    }

    [Test]
    public void Deploy_MetricsComeLate_AreWaitedForWhereThatWasChosen()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors).With(options => options.OnMissingData = MissingDataAction.Wait), bake: TimeSpan.FromMinutes(1));
        DateTimeOffset? begin = null;
        watched.Source.Samples(Metric.ErrorRate, (_, from, until) => until - (begin ??= until) > TimeSpan.FromMinutes(4) && until > from ? [MetricSample.Ratio(until - TimeSpan.FromSeconds(1), until, 0, 20)] : []);

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckPassed, "watch").Should().BeCloseTo(TimeSpan.FromSeconds(243), TimeSpan.FromSeconds(3));
    }

    [Test]
    public void Deploy_MetricsNeverCome_AreNotWaitedForEver()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors).With(options => options.OnMissingData = MissingDataAction.Wait), bake: TimeSpan.FromMinutes(1));
        watched.Source.Before((_, _, _) => throw new IOException("refused"));

        DeploymentResult result = Aborted(watched);

        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "watch").Should().Be(TimeSpan.FromMinutes(11));
    }

    [Test]
    public void Deploy_ASourceRecovers_IsNotHeldForIt()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors));
        int looks = 0;
        watched.Source.Before((_, _, _) => looks++ is > 10 and < 19 ? throw new IOException("refused") : Task.CompletedTask);

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    // Of a look with one impossible sample the others count: an error that came with it is not lost.
    [Test]
    public void Deploy_ABadSampleAmongGoodOnes_DoesNotHideThem()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors with { MinimumSamples = 1 }));
        int looks = 0;
        watched.Source.Samples(Metric.ErrorRate, (_, from, until) => until > from
            ? looks++ == 0 ? [MetricSample.Ratio(from, until, 2, 1), MetricSample.Ratio(from, until, 400, 400)] : [MetricSample.Ratio(from, until, 0, 20)]
            : []);

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.RolledBack);
    }

    [Test]
    public void Deploy_OnlyANoteHasNoData_Passes()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(TooManyErrors).NoteWhen(Metric.Cpu.IsAbove(0.8)));
        watched.Source.Samples(Metric.Cpu, (_, _, _) => throw new IOException("refused"));

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Plan_NothingMeasuresIt_IsRefused()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.Restarts.IsAbove(3)).RollBackWhen(Metric.Memory.IsAbove(0.85)));

        FluentActions.Invoking(() => watched.Deploy()).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal(
            "Nothing measures 'restarts' of revisions on 'web': 'web' doesn't measure its revisions itself, and no source does. Add one to the monitor: From(...).",
            "Nothing measures 'memory' of revisions on 'web': 'web' doesn't measure its revisions itself, and no source does. Add one to the monitor: From(...).");
    }

    private static DeploymentResult Aborted(Watched watched) => watched.World.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = watched.World.Pipeline();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(Deployment.Tests.Execution.World.Version("1.1.0"));
        await Task.Delay(TimeSpan.FromMinutes(30), watched.World.Time.Clock);
        await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Abort("ada"));
        return await deploying;
    });
}
