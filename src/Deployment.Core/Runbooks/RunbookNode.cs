using System.Text.Json.Serialization;

namespace Deployment.Runbooks;

/// <summary>A node of the runbook's tree: a <see cref="SequenceNode"/>, a <see cref="ParallelNode"/> or a step.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "node")]
[JsonDerivedType(typeof(SequenceNode), "sequence")]
[JsonDerivedType(typeof(ParallelNode), "parallel")]
[JsonDerivedType(typeof(EffectStep), "effect")]
[JsonDerivedType(typeof(CheckStep), "check")]
[JsonDerivedType(typeof(ApprovalStep), "approval")]
[JsonDerivedType(typeof(WaitStep), "wait")]
[JsonDerivedType(typeof(WindowStep), "window")]
public abstract record RunbookNode
{
    private protected RunbookNode()
    {
    }

    /// <summary>Its place in the tree, unique in the runbook, such as <c>local-8080/route</c>.</summary>
    public required string Id { get; init; }
}
