namespace Deployment.Strategies.Canary;

/// <summary>What is wrong with a canary's options, all of it.</summary>
internal static class CanaryRules
{
    internal static IReadOnlyList<string> Problems(CanaryOptions options) =>
    [
        .. Weights(options.Steps),
        .. options.Steps.OfType<CanaryStep>().SelectMany(OfStep),
        .. OptionRules.Bake("Canary's BakeTime", options.BakeTime),
        .. OptionRules.Window("Canary", options.RollbackWindow),
        .. Testers(options.Testers),
        .. Choice(options.Baseline, nameof(options.Baseline)),
        .. Choice(options.UnavailableWeight, nameof(options.UnavailableWeight)),
        .. OptionRules.Reason("Canary", options.Reason),
    ];

    private static IEnumerable<string> Weights(IReadOnlyList<CanaryStep> steps)
    {
        if (steps.Count == 0)
        {
            yield return "Canary has no Steps. Give it some, such as [10, 50, 100].";
            yield break;
        }

        if (steps.Any(step => step is null))
        {
            yield return "One of canary's Steps is null.";
            yield break;
        }

        foreach (int weight in steps.Select(step => step.Weight).Where(weight => weight is < 1 or > 100).Distinct())
        {
            yield return $"Canary has a step of {weight}%; a weight is 1 to 100.";
        }

        foreach ((CanaryStep before, CanaryStep after) in steps.Zip(steps.Skip(1)))
        {
            if (after.Weight <= before.Weight)
            {
                yield return $"Canary's step of {after.Weight}% comes after {before.Weight}%; each weight must be larger than the one before.";
            }
        }

        if (steps[^1].Weight != 100)
        {
            yield return $"Canary's last step is {steps[^1].Weight}%; it must be 100, so that all users get the release.";
        }

        if (!steps[^1].Checks)
        {
            yield return "Canary's last step leaves the checks out; a release that takes all traffic is always checked. Leave Checks as it is there.";
        }
    }

    private static IEnumerable<string> OfStep(CanaryStep step) =>
    [
        .. OptionRules.Bake($"The BakeTime of canary's step of {step.Weight}%", step.BakeTime ?? TimeSpan.Zero),
        .. OptionRules.Gate($"The gate before canary's step of {step.Weight}%", step.Gate),
    ];

    private static IEnumerable<string> Testers(CanaryTesters? testers)
    {
        if (testers is null)
        {
            return [];
        }

        IEnumerable<string> nothing = testers.Time == TimeSpan.Zero && testers.Gate is null
            ? ["Canary's Testers have neither a Time nor a Gate, so they would see nothing. Give them one, or leave Testers out."]
            : [];
        return [.. nothing, .. OptionRules.Bake("The Time of canary's Testers", testers.Time), .. OptionRules.Gate("The gate of canary's Testers", testers.Gate)];
    }

    private static IEnumerable<string> Choice<T>(T value, string name)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            yield return $"Canary's {name} is {value:D}, which is none of {string.Join(", ", Enum.GetNames<T>())}.";
        }
    }
}
