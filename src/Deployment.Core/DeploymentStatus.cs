using Deployment.Reports;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment;

/// <summary>What runs where at which share, and how the resources are.</summary>
public sealed record DeploymentStatus
{
    private DeploymentStatus()
    {
    }

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>When it was looked at.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Each target with its revisions and their shares.</summary>
    public required IReadOnlyList<Observation> Targets { get; init; }

    /// <summary>Each resource, such as a feature flag, with what stands there: its properties.</summary>
    public required IReadOnlyList<Observation> Resources { get; init; }

    /// <summary>Runs that have not ended: running, held or going back.</summary>
    public required IReadOnlyList<RunRecord> OpenRuns { get; init; }

    /// <summary>Who drives each open run, by the run's id. A run that nobody drives is missing: it waits for <see cref="DeploymentPipeline.ResumeAsync"/>.</summary>
    public required IReadOnlyDictionary<string, Driver> Drivers { get; init; }

    /// <summary>Runs that are due later.</summary>
    public required IReadOnlyList<RunRecord> ScheduledRuns { get; init; }

    /// <summary>The form for people.</summary>
    public string ToMarkdown() => StatusReport.Write(this);

    /// <summary>The same in a few lines, for a log or a console.</summary>
    public override string ToString() => StatusReport.Lines(this);

    internal static bool IsOpen(RunRecord run) => run.State is not (RunState.Ended or RunState.Scheduled);

    internal static DeploymentStatus Of(DeploymentPipeline pipeline, IEnumerable<Observation> targets, IEnumerable<Observation> resources, IReadOnlyList<RunRecord> runs, IReadOnlyDictionary<string, Driver> drivers, DateTimeOffset now) => new()
    {
        Pipeline = pipeline.Name,
        Environment = pipeline.Environment,
        SeenAt = now,
        Targets = [.. targets],
        Resources = [.. resources],
        OpenRuns = [.. runs.Where(IsOpen)],
        Drivers = drivers,
        ScheduledRuns = [.. runs.Where(run => run.State == RunState.Scheduled).OrderBy(run => run.DueAt)],
    };
}
