using System.Collections.Immutable;
using Deployment.Flags;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>Who gets the flag next, and what happens while they have it. Whoever got it at an earlier stage keeps it.</summary>
public sealed record FlagStage
{
    private FlagStage(FlagAudience audience) => Audience = audience;

    /// <summary>Who gets the flag at this stage.</summary>
    public FlagAudience Audience { get; }

    /// <summary>How long the flag is left at this stage before it is checked: 0 to 7 days. Default null: <see cref="FeatureFlagOptions.BakeTime"/>.</summary>
    public TimeSpan? BakeTime { get; init; }

    /// <summary>A person who lets this stage begin. Default null: it begins by itself.</summary>
    public ManualGate? Gate { get; init; }

    /// <summary>Whether the pipeline's checks under traffic stand at this stage, after the bake. Default true; at the last stage they always do.</summary>
    public bool Checks { get; init; } = true;

    /// <summary>Everyone: the last stage.</summary>
    public static FlagStage Everyone => new(FlagAudience.Everyone);

    /// <summary>Users by name, as the application names them to its feature management.</summary>
    public static FlagStage Users(params IReadOnlyList<string> users) => new(new FlagAudience { Users = users ?? [] });

    /// <summary>Whole groups of users, by name.</summary>
    public static FlagStage Groups(params IReadOnlyList<string> groups) =>
        new(new FlagAudience { Groups = (groups ?? []).Distinct().ToImmutableSortedDictionary(group => group ?? "", _ => 100.0, StringComparer.Ordinal) });

    /// <summary>A share of everyone. Who has the flag keeps it while the share grows.</summary>
    /// <param name="percent">More than 0, up to 100.</param>
    public static FlagStage Percent(double percent) => new(new FlagAudience { Percent = percent });
}
