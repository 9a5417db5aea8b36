using System.Text.Json.Serialization;

namespace Deployment.Store;

/// <summary>
/// A run as the store lists it. The journal is the truth; this is kept beside it so that a list need not read journals,
/// and an ended record is the history that plans are made from.
/// </summary>
public sealed record RunRecord
{
    /// <summary>The run's id.</summary>
    public required string Id { get; init; }

    /// <summary>Why it was made.</summary>
    public required RunKind Kind { get; init; }

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The environment's name.</summary>
    public required string Environment { get; init; }

    /// <summary>The application.</summary>
    public required string Application { get; init; }

    /// <summary>The release's version; null when the run brings none.</summary>
    public string? Version { get; init; }

    /// <summary>The digest of the release's artifacts, see <see cref="Releases.Release.Digest"/>; null when the run brings none.</summary>
    public string? Digest { get; init; }

    /// <summary>Why it was a hotfix; null when it was none.</summary>
    public string? Hotfix { get; init; }

    /// <summary>What it does on each target.</summary>
    public IReadOnlyList<RunTarget> Targets { get; init; } = [];

    /// <summary>Where it stands.</summary>
    public required RunState State { get; init; }

    /// <summary>How it ended; null before that.</summary>
    public DeploymentOutcome? Outcome { get; init; }

    /// <summary>Why it is held, failed or was cancelled; of one that goes back by itself, why it does, until it is held or fails. Null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it ended with what it did left as it is, for the newer release that takes its place (<see cref="DeploymentPipeline.SupersedeAsync"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsLeftStanding { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a scheduled run is due; null for others.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The hash of its runbook, which is also the name of the blob that holds it; null until it is planned.</summary>
    public string? RunbookHash { get; init; }

    /// <summary>For a look of an extended watch the name of the blob that says what is watched; null for others.</summary>
    public string? Watched { get; init; }

    /// <summary>The build that planned it; see <c>docs/architecture.md</c>.</summary>
    public string? Build { get; init; }
}
