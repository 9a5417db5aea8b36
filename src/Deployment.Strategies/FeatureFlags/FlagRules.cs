using System.Globalization;
using System.Text.RegularExpressions;
using Deployment.Flags;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>What is wrong with the options, all of it.</summary>
internal static partial class FlagRules
{
    private const int LongestName = 120;

    internal static IReadOnlyList<string> Problems(FeatureFlagOptions options) =>
    [
        .. OfFlag(options),
        .. Stages(options.Stages),
        .. options.Stages.OfType<FlagStage>().SelectMany(OfStage),
        .. OptionRules.Bake("The feature flag's BakeTime", options.BakeTime),
        .. OptionRules.Reason("The feature flag strategy", options.Reason),
    ];

    internal static IEnumerable<string> OfFlag(FeatureFlagOptions options)
    {
        if (!IsName(options.Flag))
        {
            yield return $"The feature flag strategy needs the Flag's name: 1 to {LongestName} characters on one line.";
        }

        if (options.Store is null)
        {
            yield return "The feature flag strategy needs the Store that the flag is kept in, such as a JsonFeatureFlagFile.";
        }
        else if (!StoreName().IsMatch(options.Store.Name ?? ""))
        {
            yield return "The feature flag's Store needs a name of 1 to 30 letters, digits or '-', beginning and ending with a letter or digit.";
        }
    }

    private static IEnumerable<string> Stages(IReadOnlyList<FlagStage> stages)
    {
        if (stages.Count == 0)
        {
            yield return "The feature flag has no Stages. Give it some, such as [FlagStage.Groups(\"internal\"), FlagStage.Percent(10), FlagStage.Everyone].";
            yield break;
        }

        if (stages.Any(stage => stage is null))
        {
            yield return "One of the feature flag's Stages is null.";
            yield break;
        }

        FlagAudience before = FlagAudience.Nobody;
        foreach (FlagAudience audience in stages.Select(stage => stage.Audience))
        {
            if (audience.Percent is < 0 or > 100 || !double.IsFinite(audience.Percent))
            {
                yield return $"The feature flag has a stage of {Text(audience.Percent)}%; a share is more than 0, up to 100.";
            }
            else if (audience.Percent > 0 && audience.Percent <= before.Percent)
            {
                yield return $"The feature flag's stage of {Text(audience.Percent)}% comes after {Text(before.Percent)}%; each share must be larger than the one before.";
            }
            else if (audience.IsNobody)
            {
                yield return "One of the feature flag's Stages is for nobody. Name a user or a group there, or give a share of more than 0%.";
            }
            else if (before.With(audience).ToString() == before.ToString())
            {
                yield return $"The feature flag's stage for {audience} adds nobody: they have the flag already. Leave it out.";
            }

            before = before.With(audience);
        }

        if (!stages[^1].Audience.IsEveryone)
        {
            yield return $"The feature flag's last stage is for {stages[^1].Audience}; it must be FlagStage.Everyone, so that all users get the feature.";
        }

        if (!stages[^1].Checks)
        {
            yield return "The feature flag's last stage leaves the checks out; a feature that everyone has is always checked. Leave Checks as it is there.";
        }
    }

    private static IEnumerable<string> OfStage(FlagStage stage) =>
    [
        .. stage.Audience.Users.Concat(stage.Audience.Groups.Keys).Where(name => !IsName(name)).Take(1)
            .Select(_ => $"A stage of the feature flag names a user or a group that can't be one: names are 1 to {LongestName} characters on one line."),
        .. OptionRules.Bake($"The BakeTime of the feature flag's stage for {stage.Audience}", stage.BakeTime ?? TimeSpan.Zero),
        .. OptionRules.Gate($"The gate before the feature flag's stage for {stage.Audience}", stage.Gate),
    ];

    private static bool IsName(string? name) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= LongestName && !name.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029');

    private static string Text(double percent) => percent.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9-]{0,28}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex StoreName();
}
