using Deployment.Planning;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Strategies.Canary;

/// <summary>The fresh copy of the old release that a canary is compared with.</summary>
internal static class CanaryBaselines
{
    private const int Revisions = 3;

    /// <summary>Whether there can be one; what is missing is recorded. Where nothing is live there is nothing to copy, and nothing is missing.</summary>
    internal static bool IsPossible(StrategyContext context)
    {
        bool possible = context.Require<ISplitTraffic>(Fits, "let three revisions share the traffic, which a baseline needs") is not null;
        if (context.Live is { } live && context.Current is null)
        {
            context.Refuse($"History doesn't know what {live} on '{context.Target}' is made of, so no baseline of it can be installed. Take Baseline = WherePossible for this deployment.");
            possible = false;
        }

        return possible;
    }

    /// <summary>Installs it where the options want it and the target can; else the runbook says that it was left out.</summary>
    internal static RevisionId? Install(Rollout rollout, CanaryBaseline wanted)
    {
        if (wanted == CanaryBaseline.None)
        {
            return null;
        }

        if (!Fits(rollout.Router))
        {
            rollout.Runbook.Explain($"A baseline is left out where fewer than {Revisions} revisions can share the traffic: the release is compared with the old revision.");
            return null;
        }

        if (rollout.Context.TakeBaseline() is not { } baseline)
        {
            rollout.Runbook.Explain("A baseline is left out where history doesn't know what the old revision is made of: the release is compared with the old revision.");
            return null;
        }

        rollout.Install($"Install the baseline {baseline.Id}", baseline);
        return baseline.Id;
    }

    /// <summary>The candidate gets its weight, the baseline as much or what is left, and the old revision the rest.</summary>
    internal static TrafficSplit Split(int weight, RevisionId candidate, RevisionId live, RevisionId? baseline)
    {
        int compared = baseline is null ? 0 : Math.Min(weight, 100 - weight);
        List<KeyValuePair<RevisionId, int>> shares = [KeyValuePair.Create(candidate, weight), KeyValuePair.Create(live, 100 - weight - compared)];
        if (baseline is not null)
        {
            shares.Add(KeyValuePair.Create(baseline, compared));
        }

        return new TrafficSplit(shares);
    }

    internal static void Remove(Rollout rollout, RevisionId? baseline)
    {
        if (baseline is not null)
        {
            rollout.Remove($"Remove the baseline {baseline}", baseline, "It was there to compare with; going back needs the old revision alone.");
        }
    }

    private static bool Fits(ISplitTraffic router) => router.Limits.MaxRevisions >= Revisions;
}
