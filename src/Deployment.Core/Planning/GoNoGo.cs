using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>Puts a Go/No-Go before the first step that can't be undone, unless one stands right before it. Where that is in a lane it stands before all lanes: the others have theirs too.</summary>
internal static class GoNoGo
{
    internal static SequenceNode Insert(SequenceNode root)
    {
        EffectStep? first = RunbookTree.StepsOf(root).OfType<EffectStep>().FirstOrDefault(step => step.Undo.Kind == UndoKind.Impossible);
        return first is null ? root : (SequenceNode)Insert(root, first);
    }

    private static RunbookNode Insert(RunbookNode node, EffectStep first) => node switch
    {
        SequenceNode sequence => sequence with { Children = [.. Children(sequence.Children, first)] },
        _ => node,
    };

    private static bool IsOrHas(RunbookNode node, EffectStep first) =>
        node.Id == first.Id || (node is ParallelNode && RunbookTree.StepsOf(node).Any(step => step.Id == first.Id));

    /// <summary>A person may take days: what is saved before the step is saved after the answer, or it would be old.</summary>
    private static RunbookNode? PlaceOf(IReadOnlyList<RunbookNode> children, EffectStep first)
    {
        RunbookNode? own = children.FirstOrDefault(child => IsOrHas(child, first));
        return own is null ? null : children.TakeWhile(child => child != own).FirstOrDefault(child => child is EffectStep { Phase: Phase.Backup }) ?? own;
    }

    private static IEnumerable<RunbookNode> Children(IReadOnlyList<RunbookNode> children, EffectStep first)
    {
        RunbookNode? before = null;
        RunbookNode? place = PlaceOf(children, first);
        foreach (RunbookNode child in children)
        {
            if (child == place && before is not ApprovalStep)
            {
                yield return new ApprovalStep
                {
                    Id = first.Id + "-go-no-go",
                    Title = "Go/No-Go before the point of no return",
                    Phase = Phase.Approval,
                    Role = "approver",
                };
            }

            yield return Insert(child, first);
            before = child;
        }
    }
}
