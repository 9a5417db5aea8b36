using Deployment.Flags;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>When a feature flag may be open.</summary>
internal static class FlagRules
{
    /// <summary>Something is about to be done to a target.</summary>
    internal static void Begin(StrategyWorld world, WatchedRun run, WatchedEffect effect)
    {
        FlagAudience now = world.Flag;
        if (effect.IsForward && run.GoesBack && !now.IsNobody)
        {
            Breach(world, $"{effect} takes place while the flag is open for {now}. Close the flag in the first step of going back: its users need what is taken away.");
        }
        else if (!effect.IsForward && IsWider(now, run.FlagBefore))
        {
            Breach(world, $"{effect} takes something back while the flag is open for {now}; before the run it was for {run.FlagBefore}. State each change of the flag (Fact.OfFlag in EffectOptions.Changes) with an undo that sets what was before the run: then the engine closes it first.");
        }
    }

    /// <summary>Something was done to a resource.</summary>
    internal static void TookPlace(StrategyWorld world, WatchedRun run, string stepId, FlagAudience before)
    {
        FlagAudience now = world.Flag;
        if (!IsWider(now, before) || Same(now, run.FlagBefore))
        {
            return;
        }

        if (run.GoesBack || !WatchedEffect.IsOfThePlan(stepId))
        {
            Breach(world, $"On the way back the step {stepId} opens the flag for {now}; before the run it was for {run.FlagBefore}. Going back opens it for nobody.");
            return;
        }

        foreach (FakeTarget target in world.Targets.Where(target => !target.Now.Traffic.Equals(TrafficSplit.AllTo(run.CandidateOn(target.Name)))))
        {
            Breach(world, $"The step {stepId} opens the flag for {now} while {target.Name} serves {target.Now.Traffic}: users with the flag meet a release that doesn't have the feature. Open it when {run.CandidateOn(target.Name)} has all traffic, everywhere.");
        }

        foreach (FakeTarget target in world.Targets.Where(target => !run.Well.Contains(run.CandidateOn(target.Name))))
        {
            Breach(world, $"The step {stepId} opens the flag for {now} before any health check has found {run.CandidateOn(target.Name)} well on {target.Name}. Pass Moment.Installed or Moment.Shifted before this step.");
        }
    }

    internal static void Succeeded(StrategyWorld world, WatchedRun run)
    {
        if (run.GoesBack && !world.Flag.IsNobody)
        {
            Breach(world, $"It went back, and the flag is still open for {world.Flag}. Close it in the first step of going back.");
        }
    }

    internal static void WentBack(StrategyWorld world, WatchedRun run)
    {
        if (!Same(world.Flag, run.FlagBefore))
        {
            Breach(world, $"It went back, and the flag is for {world.Flag}; before the run it was for {run.FlagBefore}. Give each change of the flag an undo that sets what was before the run.");
        }
    }

    private static bool IsWider(FlagAudience now, FlagAudience before) => !Same(before.With(now), before);

    private static bool Same(FlagAudience one, FlagAudience other) => one.ToString() == other.ToString();

    private static void Breach(StrategyWorld world, string message) => world.Breach(StrategyPromise.FlagsFollowTheRelease, message);
}
