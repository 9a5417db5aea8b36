namespace Deployment.Runbooks;

/// <summary>A pause by the clock. A person can skip it.</summary>
public sealed record WaitStep : RunbookStep
{
    /// <summary>How long.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What for.</summary>
    public required string Reason { get; init; }
}
