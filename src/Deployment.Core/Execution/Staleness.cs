using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>Compares what a plan rests on with what is seen now, allowing for what the run itself did.</summary>
internal static class Staleness
{
    /// <summary>The facts that are neither as planned nor as the run's own steps left them; each with the value that was expected.</summary>
    internal static IReadOnlyList<Fact> Moved(ActiveRun run)
    {
        // Looked up, not searched: with thousands of targets there are thousands of facts and of steps.
        ILookup<(string Target, string Name), OwnChange> own = OwnChanges(run).ToLookup(own => (own.Change.Target, own.Change.Name));
        List<Fact> moved = [];
        foreach (Fact fact in run.Runbook.Basis)
        {
            List<string> allowed = Allowed(fact, own[(fact.Target, fact.Name)]);
            if (run.Observations.TryGetValue(fact.Target, out Observation? seen) && !allowed.Contains(seen.ValueOf(fact.Name))
                && !IsOnTheWay(fact, seen, name => own[(fact.Target, name)]) && !IsGap(fact, seen, own[(fact.Target, fact.Name)]))
            {
                // What is expected now, after the run's own steps, not what was when it was planned.
                moved.Add(fact with { Value = allowed[^1] });
            }
        }

        return moved;
    }

    /// <summary>What each step that was begun changes, or was to change, of each fact, in the order of the plan.</summary>
    private static IEnumerable<OwnChange> OwnChanges(ActiveRun run)
    {
        Dictionary<string, StepStatus> takenBack = TakenBack(run);
        return
        from step in run.Runbook.Steps.OfType<EffectStep>()
        let status = takenBack.TryGetValue(step.Id, out StepStatus back) ? back : run.Progress.StatusOf(step.Id)
        where status != StepStatus.NotStarted
        from change in step.Changes.DistinctBy(change => (change.Target, change.Name))
        select new OwnChange(status, change, step.UndoInTurn, LeavesGap(step, change.Target));
    }

    private static bool LeavesGap(EffectStep step, string target) =>
        !step.UndoInTurn && step.Changes.Any(change => change.Target == target && change.After == Fact.Absent && Fact.RevisionOf(change.Name) is not null);

    /// <summary>The steps of lanes that went back: as if never begun when that is done, and in doubt while it isn't.</summary>
    private static Dictionary<string, StepStatus> TakenBack(ActiveRun run)
    {
        IReadOnlyDictionary<string, RollbackProgress> rollbacks = run.Progress.Rollbacks;
        var steps = new Dictionary<string, StepStatus>(StringComparer.Ordinal);
        foreach (RunbookNode lane in RunbookTree.NodesOf(run.Runbook.Root).Where(node => rollbacks.ContainsKey(node.Id)))
        {
            foreach (RunbookStep step in RunbookTree.StepsOf(lane).Where(step => run.Progress.StatusOf(step.Id) != StepStatus.NotStarted))
            {
                steps[step.Id] = rollbacks[lane.Id] is { Ended: true, Clean: true } ? StepStatus.NotStarted : StepStatus.Started;
            }
        }

        return steps;
    }

    /// <summary>The value after the steps that are done; and the one after each step in doubt. The one before that is what the steps before it left.</summary>
    private static List<string> Allowed(Fact fact, IEnumerable<OwnChange> own)
    {
        List<string> allowed = [fact.Value];
        foreach ((StepStatus status, FactChange change, _, _) in own)
        {
            if (status == StepStatus.Succeeded)
            {
                allowed.Clear();
            }

            allowed.Add(change.After);
        }

        return allowed;
    }

    /// <summary>Whether it is what a step in doubt that goes slot by slot leaves half done: each slot as before, as after, or empty; and the traffic that follows from the slots.</summary>
    private static bool IsOnTheWay(Fact fact, Observation seen, Func<string, IEnumerable<OwnChange>> own) =>
        fact.Name is Fact.Traffic or Fact.Slots
        && own(Fact.Slots).Any(doubt => doubt is { Status: not StepStatus.Succeeded, SlotBySlot: true }
            && SlotTable.Parse(doubt.Change.Before) is { } before
            && SlotTable.Parse(doubt.Change.After) is { } after
            && seen.Slots.IsBetween(before, after)
            && (fact.Name == Fact.Slots || seen.Traffic.Equals(seen.Slots.Traffic)));

    /// <summary>Whether it is what a step in doubt that ends the old revision before it starts the new one leaves half done: nobody takes traffic.</summary>
    private static bool IsGap(Fact fact, Observation seen, IEnumerable<OwnChange> own) =>
        fact.Name == Fact.Traffic && seen.Traffic.IsEmpty && own.Any(doubt => doubt is { Status: not StepStatus.Succeeded, LeavesGap: true });

    private sealed record OwnChange(StepStatus Status, FactChange Change, bool SlotBySlot, bool LeavesGap);
}
