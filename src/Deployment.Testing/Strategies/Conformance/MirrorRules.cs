using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>Where copies of requests may go, and that they are nobody's traffic.</summary>
internal static class MirrorRules
{
    internal static void Begin(StrategyWorld world, WatchedRun run, WatchedEffect effect)
    {
        if (effect.Arguments.Mirror is not { } mirror)
        {
            return;
        }

        if (!effect.Before.Stands(mirror.Revision) || effect.Before.Traffic.ShareOf(mirror.Revision) > 0)
        {
            Breach(world, $"{effect} has requests copied to {mirror.Revision}, which {(effect.Before.Stands(mirror.Revision) ? "takes traffic itself" : "doesn't stand there")}. Copy to a revision that was installed and has no share.");
        }
        else if (!run.Well.Contains(mirror.Revision))
        {
            Breach(world, $"{effect} has requests copied to {mirror.Revision} before any health check has found it well. Pass Moment.Installed before this step.");
        }
    }

    internal static void TookPlace(StrategyWorld world, WatchedEffect effect, Observation now)
    {
        if (effect.Verb == "mirror" && !now.Traffic.Equals(effect.Before.Traffic))
        {
            Breach(world, $"{effect} changes who answers users, from {effect.Before.Traffic} to {now.Traffic}. Copies are no traffic.");
        }
    }

    internal static void Ended(StrategyWorld world, WatchedRun run, Observation now)
    {
        if (now.Mirror is not null && now.Mirror != run.Before[now.Target].Mirror)
        {
            Breach(world, $"It succeeded, and requests are still copied on {now.Target}: {now}. End that in a step of the plan: IMirrorTraffic.Mirror(null).");
        }
    }

    private static void Breach(StrategyWorld world, string message) => world.Breach(StrategyPromise.CopiesReachNoUser, message);
}
