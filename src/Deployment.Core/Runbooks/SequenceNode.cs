namespace Deployment.Runbooks;

/// <summary>Nodes that are done one after the other; a failure ends it.</summary>
public sealed record SequenceNode : RunbookNode
{
    /// <summary>The nodes, in order.</summary>
    public required IReadOnlyList<RunbookNode> Children { get; init; }
}
