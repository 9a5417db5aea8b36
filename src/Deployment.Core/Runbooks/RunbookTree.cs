namespace Deployment.Runbooks;

/// <summary>Walks over the tree without running it.</summary>
internal static class RunbookTree
{
    internal static IEnumerable<RunbookStep> StepsOf(RunbookNode node) => NodesOf(node).OfType<RunbookStep>();

    internal static IEnumerable<RunbookNode> NodesOf(RunbookNode root)
    {
        var open = new Stack<RunbookNode>([root]);
        while (open.TryPop(out RunbookNode? node))
        {
            yield return node;
            IReadOnlyList<RunbookNode> children = node switch
            {
                SequenceNode sequence => sequence.Children,
                ParallelNode parallel => parallel.Lanes,
                _ => [],
            };
            for (int i = children.Count - 1; i >= 0; i--)
            {
                open.Push(children[i]);
            }
        }
    }
}
