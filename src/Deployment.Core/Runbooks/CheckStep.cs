using Deployment.Health;

namespace Deployment.Runbooks;

/// <summary>A step that decides and changes nothing.</summary>
public sealed record CheckStep : RunbookStep
{
    /// <summary>The check's name in the pipeline.</summary>
    public required string Check { get; init; }

    /// <summary>What it decides.</summary>
    public required CheckKind Kind { get; init; }

    /// <summary>What it looks at.</summary>
    public required CheckSubject Subject { get; init; }

    /// <summary>The same as lines for a POSIX shell; empty when only code can decide.</summary>
    public required IReadOnlyList<string> Commands { get; init; }

    /// <summary>What a pass looks like.</summary>
    public required string Expected { get; init; }

    /// <summary>How long it watches before it can pass; a person can skip the rest. Null for a check that decides by itself.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Lines for a POSIX shell with which a person reads meanwhile what the target itself measures; null where there are none.</summary>
    public IReadOnlyList<string>? Lookup { get; init; }

    /// <summary>For a look of an extended watch: everything that was measured since then is judged. Null for all others.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>For a look of an extended watch: the SHA-256 of the baseline that the deployment recorded; null where there is none.</summary>
    public string? Recorded { get; init; }

    /// <summary>For a look of an extended watch: among how many looks a rule's rate of false alarms is divided. Null for all others; a run's own watches are counted in its runbook.</summary>
    public int? Watches { get; init; }

    /// <summary>What a failure does.</summary>
    public FailureAction OnFailure { get; init; }
}
