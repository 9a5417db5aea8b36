using Deployment.Analysis;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>What people report in the moment in which a deployment succeeds is not lost.</summary>
[Category("Unit")]
public sealed class LateReportTests
{
    [Test]
    public void Report_ComesAsTheRunEnds_TheDeploymentGoesBack([Values] Moments moment)
    {
        (Watched watched, DeploymentResult deployed) = Deploy(moment, IncidentKind.DataCorruption, isWatched: true);

        DeploymentResult back = Complete(watched).Should().ContainSingle().Subject;

        back.RunId.Should().Be(deployed.RunId + "-watch-back");
        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.Reason);
        back.Runbook.Reason.Should().Be("DataCorruption reported by ada: orders 4711");
        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Report_OfWhatOnlyPauses_ComesAsTheRunEnds_StaysAsItIs([Values] Moments moment)
    {
        (Watched watched, _) = Deploy(moment, IncidentKind.Other, isWatched: true);

        Complete(watched).Should().BeEmpty();

        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    [Test]
    public void Report_ComesAsTheRunEnds_NobodyWatchesOn_StaysAsItIs([Values] Moments moment)
    {
        (Watched watched, _) = Deploy(moment, IncidentKind.DataCorruption, isWatched: false);

        Complete(watched).Should().BeEmpty();

        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    /// <summary>When the report is in the inbox.</summary>
    public enum Moments
    {
        /// <summary>All is done; the run still reads its inbox.</summary>
        BeforeTheEndIsWritten,

        /// <summary>Nobody reads the inbox any more.</summary>
        AfterTheEndIsWritten,

        /// <summary>The next look is scheduled already.</summary>
        BeforeTheRecordIsSaved,

        /// <summary>Who reported saw the run open.</summary>
        AfterAllOfIt,
    }

    private static (Watched Watched, DeploymentResult Deployed) Deploy(Moments moment, IncidentKind incident, bool isWatched)
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)).With(options => options.Extended = isWatched ? TimeSpan.FromHours(48) : TimeSpan.Zero));
        DeploymentResult deployed = watched.World.Time.Run(async () =>
        {
            var store = new LateStore(watched.World.Store, moment, watched.World.Time.Clock, Signal.Report("ada", incident, "orders 4711"));
            Task<DeploymentResult> deploying = watched.World.Pipeline(more: pipeline => pipeline.UseStore(store)).DeployAsync(Deployment.Tests.Execution.World.Version("1.1.0"));
            if (moment == Moments.AfterAllOfIt)
            {
                await Task.Delay(TimeSpan.FromMinutes(1), watched.World.Time.Clock);
                store.BeforePosting = deploying;
                await watched.World.Pipeline(more: pipeline => pipeline.UseStore(store)).ReportAsync(watched.World.RunOf("1.1.0")!.Id, incident, "ada", "orders 4711");
            }

            return await deploying;
        });
        deployed.Outcome.Should().Be(DeploymentOutcome.Succeeded, deployed.Reason);
        watched.World.Store.ReadSignalsAsync(deployed.RunId, 0, CancellationToken.None).Result.Should().ContainSingle("else the report came at another time");
        deployed.Log.Entries.Count(entry => entry.Kind == JournalEntryKind.SignalTaken).Should().Be(moment == Moments.BeforeTheEndIsWritten ? 1 : 0);
        return (watched, deployed);
    }

    private static IReadOnlyList<DeploymentResult> Complete(Watched watched) => watched.World.Time.Run(() => watched.World.Pipeline().CompleteAsync());

    private sealed class LateStore(IDeploymentStore inner, Moments moment, TimeProvider time, Signal report) : DelegatingStore(inner)
    {
        internal Task BeforePosting { get; set; } = Task.CompletedTask;

        public override async Task AppendAsync(string runId, long epoch, JournalFrame frame, CancellationToken cancellationToken)
        {
            bool isEnd = System.Text.Encoding.UTF8.GetString(frame.Line.Span).Contains(nameof(JournalEntryKind.RunEnded), StringComparison.OrdinalIgnoreCase);
            if (isEnd && moment == Moments.BeforeTheEndIsWritten)
            {
                await base.PostSignalAsync(runId, report, cancellationToken);
                await Task.Delay(TimeSpan.FromSeconds(5), time, cancellationToken);
            }

            await base.AppendAsync(runId, epoch, frame, cancellationToken);
            if (isEnd && moment == Moments.AfterTheEndIsWritten)
            {
                await base.PostSignalAsync(runId, report, cancellationToken);
            }
        }

        public override async Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken)
        {
            if (run.State == RunState.Ended && moment == Moments.BeforeTheRecordIsSaved)
            {
                await base.PostSignalAsync(run.Id, report, cancellationToken);
            }

            await base.SaveRunAsync(run, cancellationToken);
        }

        public override async Task<long> PostSignalAsync(string runId, Signal signal, CancellationToken cancellationToken)
        {
            await BeforePosting;
            return await base.PostSignalAsync(runId, signal, cancellationToken);
        }
    }
}
