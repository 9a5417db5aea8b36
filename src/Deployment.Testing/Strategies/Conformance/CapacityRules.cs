namespace Deployment.Testing;

/// <summary>What users notice of the targets' ability to serve, on the way there and on the way back.</summary>
internal static class CapacityRules
{
    internal static void Begin(StrategyWorld world, WatchedRun run, WatchedEffect effect)
    {
        if (effect.LeastPercent is not { } least || !run.IsOverLive)
        {
            return;
        }

        run.Serve(effect.Target.Name, least);
        int promised = world.Options.LeastCapacityPercent;
        if (run.CapacityPercent < promised)
        {
            world.Breach(StrategyPromise.KeepsCapacity, $"During {effect} {run.CapacityPercent}% of the capacity serves; promised were {promised}%. Install beside what runs and shift traffic, let fewer targets or instances go at once (WithLanes, MaxUnavailable), or promise less.");
        }
    }

    internal static void End(WatchedRun run, WatchedEffect effect)
    {
        if (effect.LeastPercent is not null)
        {
            run.Serve(effect.Target.Name, effect.IsOfSlots ? WatchedEffect.PercentOf(effect.Target.Now.Slots, effect.Target) : 100);
        }
    }

    internal static void TookPlace(StrategyWorld world, WatchedEffect effect)
    {
        if (world.Options.FinishesRequests && effect.Target.Cuts.Count > effect.Cuts)
        {
            world.Breach(StrategyPromise.FinishesRequests, $"{effect} cuts requests in flight ({effect.Before.Traffic} was live). Route away from a revision before it is stopped: Route lets its requests finish. What replaces in place can't promise FinishesRequests.");
        }
    }
}
