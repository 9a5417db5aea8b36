using Deployment;
using Deployment.Analysis;
using Deployment.Reports;

namespace Snippets;

/// <summary>The code of docs/watching.md about replays and pictures. A test holds the two together.</summary>
public static class Replays
{
    public static async Task ReplayAsync(DeploymentPipeline pipeline, string runId, CancellationToken cancellationToken)
    {
        #region replay
        IReadOnlyList<WatchReplay> replays = await pipeline.ReplayAsync(
            runId,
            monitor => monitor
                .RollBackWhen(Metric.ErrorRate.IsAbove(0.05))
                .With(options => options.WarmUp = TimeSpan.FromSeconds(10)),
            cancellationToken);
        foreach (WatchReplay replay in replays)
        {
            Console.WriteLine($"{replay.Step}: {replay.RecordedOutcome} at {replay.RecordedAt:T}, and would be {replay.Outcome} at {replay.At:T}. {replay.Verdict}");
        }
        #endregion
    }

    public static async Task SaveAsync(DeploymentPipeline pipeline, string runId, CancellationToken cancellationToken)
    {
        #region save
        ExecutionLog log = await pipeline.ReadLogAsync(runId, cancellationToken);
        await log.SaveAsync("logs/" + runId, cancellationToken);
        #endregion
    }
}
