using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>Plans how to go back from what was begun. Pure.</summary>
internal static class RollbackPlanner
{
    private const string Prefix = "rollback/";

    /// <summary>What a node is called where it is undone.</summary>
    internal static string IdOf(RunbookNode node) => Prefix + node.Id;

    /// <param name="runbook">The run's runbook.</param>
    /// <param name="scope">The whole tree, or the lane that failed.</param>
    /// <param name="touched">The ids of the effect steps in the scope that happened, half happened or perhaps happened, in the order in which they were begun.</param>
    internal static RollbackPlan Plan(Runbook runbook, RunbookNode scope, IReadOnlyList<string> touched)
    {
        var order = touched.Select((id, i) => (id, i)).ToDictionary(step => step.id, step => step.i, StringComparer.Ordinal);
        List<EffectStep> steps = [.. RunbookTree.StepsOf(scope).OfType<EffectStep>().Where(step => order.ContainsKey(step.Id)).OrderBy(step => order[step.Id])];
        if (steps.Count == 0)
        {
            return new RollbackPlan([], []);
        }

        HashSet<string> targets = [.. steps.Select(step => step.Operation.Target)];
        RollbackGuard[] guards = [.. runbook.Rollback.Where(guard => targets.Contains(guard.Target))];
        return new RollbackPlan(
            [.. TrafficBack(steps, guards)],
            [.. guards.SelectMany(guard => guard.Verify).Select(check => check with { Id = IdOf(check) })],
            Mirror(scope, order))
        {
            Flags = [.. FlagsBack(steps)],
        };
    }

    /// <summary>Like traffic: one step for each flag, to what it was before the run. Opening it less and less would show the bad feature again.</summary>
    private static IEnumerable<SequenceNode> FlagsBack(List<EffectStep> steps) =>
        from flag in steps.Where(step => step.ChangesFlag).GroupBy(step => step.Operation.Target)
        let restore = Inverse(flag.First())
        where restore is not null
        select new SequenceNode { Id = $"{Prefix}{flag.Key}/restore", Children = [restore] };

    /// <summary>
    /// One step for each target, to the split that was before the run: the undo of the first change of its traffic. Undoing each change
    /// in turn (100, 50, 10) would serve the bad release again.
    /// </summary>
    private static IEnumerable<SequenceNode> TrafficBack(List<EffectStep> steps, RollbackGuard[] guards)
    {
        var guardOf = guards.ToDictionary(guard => guard.Target, StringComparer.Ordinal);
        foreach (IGrouping<string, EffectStep> target in steps.Where(step => step.ChangesTraffic).GroupBy(step => step.Operation.Target))
        {
            List<RunbookNode> children = [];
            if (guardOf.GetValueOrDefault(target.Key)?.Ensure is { } ensure)
            {
                // Like an undo it accepts whatever state it finds.
                children.Add(ensure with { Id = IdOf(ensure), Repeatability = Repeatability.Idempotent });
            }

            if (Inverse(target.First()) is { } restore)
            {
                children.Add(restore);
            }

            if (children.Count > 0)
            {
                yield return new SequenceNode { Id = $"{Prefix}{target.Key}/restore", Children = children };
            }
        }
    }

    private static RunbookNode? Mirror(RunbookNode node, Dictionary<string, int> order)
    {
        switch (node)
        {
            case SequenceNode sequence:
                List<RunbookNode> children = [.. sequence.Children.Reverse().Select(child => Mirror(child, order)).OfType<RunbookNode>()];
                return children.Count == 0 ? null : new SequenceNode { Id = IdOf(node), Children = children };
            case ParallelNode parallel:
                List<RunbookNode> lanes = [.. parallel.Lanes.Select(lane => Mirror(lane, order)).OfType<RunbookNode>()];
                return lanes.Count == 0 ? null : new ParallelNode
                {
                    Id = IdOf(node),
                    Lanes = lanes,
                    Policy = new LanePolicy { MaxConcurrency = parallel.Policy.MaxConcurrency },
                };
            case EffectStep { ChangesTraffic: false, ChangesFlag: false } step when order.ContainsKey(step.Id):
                return Inverse(step);
            default:
                return null;
        }
    }

    private static EffectStep? Inverse(EffectStep step) => step.Undo.Operation is not { } operation ? null : new EffectStep
    {
        Id = IdOf(step),
        Title = $"Undo: {step.Title}",
        Phase = step.Phase,
        Operation = operation,
        Commands = step.Undo.Commands,
        Expected = $"It is as before '{step.Title}'.",
        Verification = "The undo's own verification.",
        Undo = Undo.Nothing("It is an undo itself."),
        // An undo accepts whatever state it finds, so it may always be run again.
        Repeatability = Repeatability.Idempotent,
        Retry = step.Retry,
    };
}
