using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Benchmarks.Workload;

/// <summary>A run of empty steps through the real engine.</summary>
internal static class StepsRun
{
    internal static Release Release { get; } = Release.Of("shop", "1.0.0", Artifact.Process("shop", "{port}"));

    internal static DeploymentPipeline Pipeline(IDeploymentStore store, int steps, int? lanesAtOnce = null, IProgress<JournalEntry>? progress = null)
    {
        var target = new EmptyTarget();
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("benchmark")
            .DeployTo(target)
            .UseStrategy(new StepsStrategy(steps, _ => target.Nothing(), _ => Undo.Nothing()) { LanesAtOnce = lanesAtOnce })
            .UseStore(store);
        return (progress is null ? pipeline : pipeline.ReportTo(progress)).Build();
    }

    /// <summary>Runs all steps and gives the times with the run's id.</summary>
    internal static async Task<(EntryTimes Times, string RunId)> MeasureAsync(IDeploymentStore store, int steps, int? lanesAtOnce = null)
    {
        var times = new EntryTimes();
        DeploymentPipeline pipeline = Pipeline(store, steps, lanesAtOnce, times);
        DeploymentResult result = await pipeline.DeployAsync(Release);
        return result.Outcome == DeploymentOutcome.Succeeded && times.Steps.Count() == steps
            ? (times, result.RunId)
            : throw new BenchmarkException($"The run ended {result.Outcome} after {times.Steps.Count()} of {steps} steps: {result.Reason}");
    }
}
