using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>Where traffic may go.</summary>
internal static class TrafficRules
{
    internal static void Begin(StrategyWorld world, WatchedRun run, WatchedEffect effect)
    {
        if (effect.Arguments.Split is not { } split)
        {
            return;
        }

        TrafficLimits limits = effect.Target.Limits;
        if (split.Shares.Any(share => share.Value % limits.GranularityPercent != 0) || split.Shares.Count > limits.MaxRevisions)
        {
            world.Breach(StrategyPromise.KeepsToLimits, $"{effect} makes a split that the target can't: its shares go in steps of {limits.GranularityPercent}%, to {limits.MaxRevisions} revisions at most. Ask ISplitTraffic.Limits while planning, and round the shares or refuse.");
        }

        foreach (RevisionId revision in split.Shares.Select(share => share.Key).Where(revision => effect.Before.Traffic.ShareOf(revision) == 0))
        {
            if (!effect.Before.Stands(revision))
            {
                world.Breach(StrategyPromise.RoutesToWhatStands, $"{effect} gives traffic to {revision}, which doesn't stand there. Install it in a step before this one.");
            }
            else if (!run.Well.Contains(revision))
            {
                world.Breach(StrategyPromise.RoutesToWhatIsWell, $"{effect} gives traffic to {revision} before any health check has found it well. Pass Moment.Installed after its installation and before this step.");
            }
        }
    }

    internal static void TookPlace(StrategyWorld world, WatchedRun run, WatchedEffect effect, Observation now)
    {
        if (now.Traffic.IsEmpty && !run.Before[effect.Target.Name].Traffic.IsEmpty)
        {
            world.Breach(StrategyPromise.ServesAllTraffic, $"After {effect} nobody serves; before the run {run.Before[effect.Target.Name].Traffic} did. Change from one split to the next in one step.");
        }
    }
}
