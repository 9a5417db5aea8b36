namespace Deployment.Runbooks;

/// <summary>Nodes that are done one after the other; a failure ends it.</summary>
public sealed record SequenceNode : RunbookNode
{
    /// <summary>The nodes, in order.</summary>
    public required IReadOnlyList<RunbookNode> Children { get; init; }

    /// <summary>For a lane that goes on with a target after all lanes: the id of that target's lane. Where that was taken back alone this one is passed over. Null for others.</summary>
    public string? Continues { get; init; }
}
