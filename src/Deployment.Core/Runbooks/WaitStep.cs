namespace Deployment.Runbooks;

/// <summary>A pause by the clock. A person can skip it.</summary>
public sealed record WaitStep : RunbookStep
{
    /// <summary>How long.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What for.</summary>
    public required string Reason { get; init; }

    /// <summary>Lines for a POSIX shell with which a person looks at the revision meanwhile; null when there are none.</summary>
    public IReadOnlyList<string>? Lookup { get; init; }
}
