using Deployment.Analysis;
using Deployment.Migrations;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

/// <summary>Before anything is changed it is known whether the release can be watched.</summary>
[Category("Unit")]
public sealed class SourcesCheckTests
{
    /// <summary>No user must meet a release that nobody can watch.</summary>
    [Test]
    public void Deploy_ASourceCannotBeAsked_IsHeldBeforeAnythingIsChanged([Values] bool hangs, [Values] bool compares)
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(compares ? Metric.ErrorRate.IsAboveBaselineByDifference(0.1) : Metric.ErrorRate.IsAbove(0.1)));
        bool isAway = true;
        watched.Source.Probe(cancellationToken => !isAway ? Task.CompletedTask : hangs ? Task.Delay(Timeout.InfiniteTimeSpan, watched.World.Time.Clock, cancellationToken) : throw new IOException("no route"));

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromHours(1), watched.World.Time.Clock);
            RunRecord run = watched.World.RunOf("1.1.0")!;
            run.State.Should().Be(RunState.Held);
            watched.World.Target.Now.Revisions.Should().NotContain(revision => revision.Id.Version == "1.1.0", "nothing was changed");
            isAway = false;
            await pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.CheckFailed).Text.Should()
            .Be($"fake metrics {(hangs ? "did not say within 5 s whether it can be asked" : "can't be asked: IOException: no route")}. The release could not be watched.");
    }

    [Test]
    public void Deploy_ASourceCannotBeAsked_MissingDataGoBack_IsRejected()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)).With(options => options.OnMissingData = MissingDataAction.RollBack));
        watched.Source.Probe(_ => throw new IOException("no route"));

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Rejected);
        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    /// <summary>A source that is away for a moment pages nobody.</summary>
    [Test]
    public void Deploy_ASourceIsAwayForAMoment_IsAskedAgain()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)));
        int asked = 0;
        watched.Source.Probe(_ => ++asked < 10 ? throw new IOException("no route") : Task.CompletedTask);

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        asked.Should().Be(10);
    }

    [Test]
    public void Deploy_MissingDataAreWaitedFor_WaitsAsLong()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)).With(options => (options.OnMissingData, options.LongestWait) = (MissingDataAction.Wait, TimeSpan.FromMinutes(30))));
        DateTimeOffset begin = watched.World.Time.Clock.GetUtcNow();
        watched.Source.Probe(_ => watched.World.Time.Clock.GetUtcNow() - begin < TimeSpan.FromMinutes(29) ? throw new IOException("no route") : Task.CompletedTask);

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    /// <summary>What is mended may be why it is away.</summary>
    [Test]
    public void Hotfix_ASourceCannotBeAsked_IsNoted()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)).With(options => options.OnMissingData = MissingDataAction.RollBack));
        watched.Source.Probe(_ => throw new IOException("no route"));

        DeploymentResult result = watched.World.Deploy("1.1.0", RunOverrides.Hotfix("the till is down"));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.CheckFailed).Which.Text.Should().Contain("no route");
    }

    [Test]
    public void Deploy_ASourceOfAlertsAloneCannotBeAsked_GoesOn()
    {
        var watched = new Watched(monitor => monitor.NoteWhen(Metric.ErrorRate.IsAbove(0.1)));
        watched.Source.Probe(_ => throw new IOException("no route"));

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Steps.Should().NotContain(step => step.Title == "metric sources");
    }

    [Test]
    public void Deploy_ASourceCannotBeAsked_NothingIsMigrated()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)).With(options => options.OnMissingData = MissingDataAction.RollBack));
        watched.Source.Probe(_ => throw new IOException("no route"));
        var database = new FakeMigrator("db", FakeMigrator.Migration("001_add_email"));
        Action<DeploymentPipelineBuilder> usual = watched.World.Configure;
        watched.World.Configure = pipeline =>
        {
            usual(pipeline);
            pipeline.Migrate(migrations => migrations.From(database));
        };

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Rejected);
        database.Transcript.Should().BeEmpty();
    }
}
