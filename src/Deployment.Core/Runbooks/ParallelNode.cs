namespace Deployment.Runbooks;

/// <summary>Lanes that are done side by side.</summary>
public sealed record ParallelNode : RunbookNode
{
    /// <summary>The lanes.</summary>
    public required IReadOnlyList<RunbookNode> Lanes { get; init; }

    /// <summary>How many may run at once, how many may fail, and what then happens.</summary>
    public required LanePolicy Policy { get; init; }
}
