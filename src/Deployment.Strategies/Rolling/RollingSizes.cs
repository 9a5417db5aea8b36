using Deployment.Planning;
using Deployment.Targets;

namespace Deployment.Strategies.Rolling;

/// <summary>What the options come to on one target.</summary>
/// <param name="Surge">How many instances run besides.</param>
/// <param name="Batch">How many are replaced at once.</param>
internal sealed record RollingSizes(int Surge, int Batch)
{
    /// <summary>Percentages are rounded as Kubernetes does it: surge up, unavailable down. Null after refusing what can't be done.</summary>
    /// <param name="options">The options.</param>
    /// <param name="context">The target's context.</param>
    /// <param name="runbook">Where it explains.</param>
    /// <param name="target">The target.</param>
    /// <param name="replaced">The most slots that could be replaced at once: those that hold the same.</param>
    internal static RollingSizes? Of(RollingOptions options, StrategyContext context, RunbookBuilder runbook, IReplaceInstances target, int replaced)
    {
        int instances = target.Slots.Count;
        int surge = options.MaxSurge.RoundedUp(instances);
        int unavailable = Math.Min(instances, options.MaxUnavailable.RoundedDown(instances));
        if (surge + unavailable == 0)
        {
            // Kubernetes lets one be missing then; that would be less capacity than was promised.
            context.Refuse($"Of the {instances} instances of '{context.Target}' {options.MaxUnavailable} (MaxUnavailable, rounded down) is none, and MaxSurge is {options.MaxSurge}: none could be replaced. "
                + $"Allow a surge, or at least {(100 + instances - 1) / instances}% to be missing.");
            return null;
        }

        int allowed = surge + unavailable;
        int wished = Math.Max(1, options.BatchSize?.RoundedUp(instances) ?? allowed);
        if (Math.Min(wished, replaced) > allowed)
        {
            runbook.Explain($"Batches of {wished} would break the promise of capacity: MaxSurge and MaxUnavailable allow {allowed} at once.");
        }

        int batch = Math.Min(Math.Min(wished, allowed), replaced);
        // More besides than are replaced at once would serve nobody's promise.
        int besides = Math.Min(surge, batch);
        if (besides > target.SurgeSlots.Count)
        {
            context.Refuse($"Rolling's MaxSurge asks for {besides} instances besides, and '{context.Target}' has room for {target.SurgeSlots.Count}. Take MaxSurge = {target.SurgeSlots.Count}.");
            return null;
        }

        return new RollingSizes(besides, batch);
    }
}
