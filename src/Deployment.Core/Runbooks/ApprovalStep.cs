namespace Deployment.Runbooks;

/// <summary>A Go/No-Go: the run waits for a person who has read this runbook.</summary>
public sealed record ApprovalStep : RunbookStep
{
    /// <summary>Who decides, by role.</summary>
    public required string Role { get; init; }

    /// <summary>How long it waits before it counts as refused; null for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Lines for a POSIX shell with which a person looks at the revision meanwhile; null when there are none.</summary>
    public IReadOnlyList<string>? Lookup { get; init; }
}
