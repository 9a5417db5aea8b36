using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>What a rollback goes back to stays, unless a strategy that hosts no second revision replaces it in place.</summary>
internal static class OldRevisionRules
{
    private const string Advice = "Leave it to RetireLater, which removes it in a run of its own once nobody goes back to it.";

    /// <summary>A target refuses to remove what takes traffic; the wish is wrong all the same.</summary>
    internal static void Begin(StrategyWorld world, WatchedRun run, WatchedEffect effect)
    {
        if (effect.Verb is "remove" or "clear" && run.OldOn(effect.Target.Name) is { } old && effect.Arguments.Id == old)
        {
            Breach(world, effect, old);
        }
    }

    internal static void TookPlace(StrategyWorld world, WatchedRun run, WatchedEffect effect, Observation now)
    {
        if (effect.Verb != "update" && !effect.IsOfSlots && run.OldOn(effect.Target.Name) is { } old && effect.Before.Stands(old) && !now.Stands(old))
        {
            Breach(world, effect, old);
        }
    }

    private static void Breach(StrategyWorld world, WatchedEffect effect, RevisionId old) =>
        world.Breach(StrategyPromise.KeepsTheOld, $"{effect} removes {old}, which a rollback of this run goes back to. {Advice}");
}
