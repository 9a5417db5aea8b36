namespace Deployment.Testing;

/// <summary>What users notice of the targets' ability to serve.</summary>
internal static class CapacityRules
{
    internal static void Begin(StrategyWorld world, WatchedRun run, WatchedEffect effect)
    {
        if (!effect.StopsWhatIsLive || !run.IsOverLive)
        {
            return;
        }

        run.Stop(effect.Target.Name);
        int promised = world.Options.LeastCapacityPercent;
        // Going back restores every target at once: what serves there is what failed.
        if (effect.IsForward && run.CapacityPercent < promised)
        {
            world.Breach(StrategyPromise.KeepsCapacity, $"During {effect} {run.CapacityPercent}% of the targets serve; promised were {promised}%. Install beside what runs and shift traffic, let fewer targets go at once (WithLanes), or promise less.");
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
