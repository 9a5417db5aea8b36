using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>Plans how to go back from what was begun. Pure.</summary>
internal static class RollbackPlanner
{
    private const string Prefix = "rollback/";

    /// <summary>What a node is called where it is undone.</summary>
    internal static string IdOf(RunbookNode node) => IdOf(node.Id);

    internal static string IdOf(string node) => Prefix + node;

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
        // What a service serves goes back in its turn, also where that is done batch by batch.
        bool inTurn = runbook.HasTurns();
        RollbackGuard[] guards = [.. runbook.Rollback.Where(guard => targets.Contains(guard.Target))];
        return new RollbackPlan(
            [
                .. steps.Where(step => step.ChangesTraffic || (inTurn && step.UndoInTurn)).GroupBy(step => runbook.ServiceOf(step.Operation.Target)).OrderByDescending(service => service.Key?.Turn)
                    .Select(service => RestoreOf(scope, service.Key?.Application, service, guards)).Where(group => group.Switched.Count > 0 || group.InPlace is not null),
            ],
            [.. guards.SelectMany(guard => guard.Verify).Select(check => check with { Id = IdOf(check) })],
            Mirror(scope, "", step => step is { ChangesTraffic: false, ChangesFlag: false } && !(inTurn && step.UndoInTurn) && order.ContainsKey(step.Id) ? Inverse(step) : null))
        {
            Flags = [.. FlagsBack(steps)],
        };
    }

    /// <summary>What gives the targets of one service, or of all that there is, their traffic back.</summary>
    private static RestoreGroup RestoreOf(RunbookNode scope, string? service, IEnumerable<EffectStep> steps, RollbackGuard[] guards)
    {
        HashSet<string> inPlace = new(StringComparer.Ordinal), batches = new(StringComparer.Ordinal);
        List<SequenceNode> switched = [];
        foreach (IGrouping<string, EffectStep> target in steps.Where(step => !step.UndoInTurn).GroupBy(step => step.Operation.Target))
        {
            if (target.Any(step => step.ReplacesInPlace))
            {
                inPlace.Add(target.First().Id);
            }
            else if (TrafficBack(target.First(), guards) is { } back)
            {
                switched.Add(back);
            }
        }

        string suffix = service is null ? "/restore" : $"/restore-{service}";
        batches.UnionWith(steps.Where(step => step.UndoInTurn).Select(step => step.Id));
        return new RestoreGroup(switched, inPlace.Count + batches.Count == 0 ? null : Mirror(scope, suffix, step =>
            batches.Contains(step.Id) ? Inverse(step) : inPlace.Contains(step.Id) ? TrafficBack(step, guards) : null));
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
    private static SequenceNode? TrafficBack(EffectStep first, RollbackGuard[] guards)
    {
        string target = first.Operation.Target;
        List<RunbookNode> children = [];
        if (Array.Find(guards, guard => guard.Target == target)?.Ensure is { } ensure)
        {
            // Like an undo it accepts whatever state it finds.
            children.Add(ensure with { Id = IdOf(ensure), Repeatability = Repeatability.Idempotent });
        }

        if (Inverse(first) is { } restore)
        {
            children.Add(restore);
        }

        return children.Count == 0 ? null : new SequenceNode { Id = $"{Prefix}{target}/restore", Children = children };
    }

    /// <summary>The tree in reverse, with what goes back in place of each step; no more lanes at once than on the way there.</summary>
    private static RunbookNode? Mirror(RunbookNode node, string suffix, Func<EffectStep, RunbookNode?> back)
    {
        switch (node)
        {
            case SequenceNode sequence:
                List<RunbookNode> children = [.. sequence.Children.Reverse().Select(child => Mirror(child, suffix, back)).OfType<RunbookNode>()];
                return children.Count == 0 ? null : new SequenceNode { Id = IdOf(node) + suffix, Children = children };
            case ParallelNode parallel:
                // What was begun last first: until a lane that failed in its midst is back, its capacity is missing, and no other lane's must join it.
                List<RunbookNode> lanes = [.. parallel.Lanes.Reverse().Select(lane => Mirror(lane, suffix, back)).OfType<RunbookNode>()];
                return lanes.Count == 0 ? null : new ParallelNode
                {
                    Id = IdOf(node) + suffix,
                    Lanes = lanes,
                    Policy = new LanePolicy { MaxConcurrency = parallel.Policy.MaxConcurrency },
                };
            case EffectStep step:
                return back(step);
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
        UndoInTurn = step.UndoInTurn,
    };
}
