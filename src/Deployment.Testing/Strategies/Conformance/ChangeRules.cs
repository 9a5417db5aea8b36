using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>What an effect of the plan says of itself is what is seen.</summary>
internal static class ChangeRules
{
    internal static void TookPlace(StrategyWorld world, WatchedRun run, WatchedEffect effect, Observation now)
    {
        if (run.StepOf(effect) is not { } step)
        {
            return;
        }

        string[] changed = [.. Changed(effect, now)];
        // What takes away a helper that the run itself brought leaves that as it was before the run: the way back has nothing to do there.
        string[] toUndo = [.. changed.Where(fact => now.ValueOf(fact) != run.Before[effect.Target.Name].ValueOf(fact))];
        if (toUndo.Length > 0 && step.Undo.Kind == UndoKind.Nothing)
        {
            world.Breach(StrategyPromise.TellsEachUndo, $"{effect} changes {string.Join(", ", toUndo)} and says that there is nothing to undo. Say Undo.By(...), or Undo.Impossible(...) with the reason.");
        }

        FactChange[] stated = [.. step.Changes.Where(change => change.Target == effect.Target.Name)];
        foreach (string fact in changed.Where(fact => !Array.Exists(stated, change => change.Name == fact)))
        {
            world.Breach(StrategyPromise.StatesItsChanges, $"{effect} changes {fact} to '{now.ValueOf(fact)}' and doesn't state it. Add a FactChange to its EffectOptions.Changes: without it a process that takes the run over finds the world moved, and a rollback doesn't give traffic back first.");
        }

        foreach (FactChange change in stated.Where(change => now.ValueOf(change.Name) != change.After))
        {
            world.Breach(StrategyPromise.StatesItsChanges, $"{effect} states that {change.Name} is '{change.After}' after it, and it is '{now.ValueOf(change.Name)}'. State what the operation does.");
        }
    }

    private static IEnumerable<string> Changed(WatchedEffect effect, Observation after)
    {
        Observation before = effect.Before;
        IEnumerable<string> facts = before.Revisions.Concat(after.Revisions).Select(seen => seen.Id).Distinct().Select(Fact.OfRevision).Prepend(Fact.Mirror).Prepend(Fact.Traffic);
        // Who switches all instances at once says so by the traffic.
        return facts.Concat(effect.IsOfSlots ? [Fact.Slots] : []).Where(fact => before.ValueOf(fact) != after.ValueOf(fact));
    }
}
