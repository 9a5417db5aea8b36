using Deployment.Planning;
using Deployment.Targets;

namespace Deployment.Strategies.Canary;

/// <summary>Brings the steps' weights in line with what a target can make, never in silence.</summary>
internal static class CanaryWeights
{
    /// <summary>The steps as the target makes them; empty, with the errors recorded, where it can't.</summary>
    internal static IReadOnlyList<PlannedStep> For(CanaryOptions options, TrafficLimits limits, StrategyContext context, RunbookBuilder runbook)
    {
        if (options.Steps.All(step => step.Weight == 100))
        {
            return [new(options.Steps[^1], 100)];
        }

        if (context.Require<ISplitTraffic>(router => router.Limits.Splits, $"let two revisions share the traffic{(limits.Reason is { } why ? $" ({why})" : "")}") is null)
        {
            return [];
        }

        CanaryStep[] unavailable = [.. options.Steps.Where(step => !limits.Allows(step.Weight))];
        if (unavailable.Length > 0 && options.UnavailableWeight == UnavailableWeight.Refuse)
        {
            string shares = string.Join(", ", unavailable.Select(step => $"{step.Weight}%"));
            context.Require<ISplitTraffic>(
                router => options.Steps.All(step => router.Limits.Allows(step.Weight)),
                $"give a canary {shares} of the traffic, where '{context.Target}' can make {Possible(limits)}, and UnavailableWeight does not let it round");
            return [];
        }

        List<PlannedStep> steps = [.. options.Steps.Select(step => new PlannedStep(step, Rounded(step.Weight, limits, options.UnavailableWeight)))];
        if (Refuse(steps, limits, context))
        {
            return [];
        }

        foreach (PlannedStep step in steps.Where(step => step.Asked.Length > 0))
        {
            runbook.Explain($"Where a canary can have {Possible(limits)}, {step.Given.Weight}% becomes {step.Weight}%.");
        }

        return steps;
    }

    private static int Rounded(int weight, TrafficLimits limits, UnavailableWeight how)
    {
        if (limits.Allows(weight))
        {
            return weight;
        }

        int grain = limits.GranularityPercent;
        int down = Math.Min(weight, limits.LargestCanaryPercent) / grain * grain;
        int up = (weight + grain - 1) / grain * grain;
        return how == UnavailableWeight.RoundDown ? down : limits.Allows(up) ? up : 100;
    }

    private static bool Refuse(List<PlannedStep> steps, TrafficLimits limits, StrategyContext context)
    {
        List<string> errors =
        [
            .. steps.Where(step => step.Weight < 1).Select(step => $"Canary's step of {step.Given.Weight}% rounds down to nothing on '{context.Target}', where a canary can have {Possible(limits)}. Take a larger first weight, or round up."),
            .. steps.GroupBy(step => step.Weight).Where(same => same.Key > 0 && same.Count() > 1)
                .Select(same => $"Canary's steps of {string.Join(" and ", same.Select(step => $"{step.Given.Weight}%"))} all become {same.Key}% on '{context.Target}', where a canary can have {Possible(limits)}. Take weights that stay apart."),
        ];
        errors.ForEach(context.Refuse);
        return errors.Count > 0;
    }

    private static string Possible(TrafficLimits limits) =>
        $"shares in steps of {limits.GranularityPercent}%{(limits.LargestCanaryPercent < 100 ? $" up to {limits.LargestCanaryPercent}%" : "")}";
}
