using Deployment.Store;
using Deployment.Targets;

namespace Deployment;

/// <summary>What runs where at which share.</summary>
public sealed record DeploymentStatus
{
    private DeploymentStatus()
    {
    }

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Each target with its revisions and their shares.</summary>
    public required IReadOnlyList<Observation> Targets { get; init; }

    /// <summary>Runs that have not ended: running, held or going back.</summary>
    public required IReadOnlyList<RunRecord> OpenRuns { get; init; }

    /// <summary>Runs that are due later.</summary>
    public required IReadOnlyList<RunRecord> ScheduledRuns { get; init; }

    internal static DeploymentStatus Of(DeploymentPipeline pipeline, IEnumerable<Observation> observations, IReadOnlyList<RunRecord> runs) => new()
    {
        Pipeline = pipeline.Name,
        Environment = pipeline.Environment,
        Targets = [.. observations],
        OpenRuns = [.. runs.Where(run => run.State is not (RunState.Ended or RunState.Scheduled))],
        ScheduledRuns = [.. runs.Where(run => run.State == RunState.Scheduled).OrderBy(run => run.DueAt)],
    };
}
