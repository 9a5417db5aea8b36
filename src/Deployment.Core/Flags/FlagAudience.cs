using System.Collections.Immutable;
using System.Globalization;

namespace Deployment.Flags;

/// <summary>Who has a flag. A user has it who is named, or is in a group's share, or in the share of everyone.</summary>
public sealed record FlagAudience
{
    /// <summary>Nobody: the flag is closed.</summary>
    public static FlagAudience Nobody { get; } = new();

    /// <summary>Everyone.</summary>
    public static FlagAudience Everyone { get; } = new() { Percent = 100 };

    /// <summary>Users by name.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Groups of users, each with the share of it that has the flag, 0 to 100 percent.</summary>
    public IReadOnlyDictionary<string, double> Groups { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>The share of everyone that has the flag, 0 to 100 percent; default 0.</summary>
    public double Percent { get; init; }

    /// <summary>Whether nobody has the flag.</summary>
    public bool IsNobody => Users.Count == 0 && Percent <= 0 && Groups.Values.All(percent => percent <= 0);

    /// <summary>Whether everyone has it.</summary>
    public bool IsEveryone => Percent >= 100;

    /// <summary>Those who are in this audience or the other; of two shares the larger one.</summary>
    public FlagAudience With(FlagAudience other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new FlagAudience
        {
            Users = [.. Users.Concat(other.Users).Distinct(StringComparer.Ordinal)],
            Groups = Groups.Concat(other.Groups).GroupBy(group => group.Key, StringComparer.Ordinal)
                .ToImmutableSortedDictionary(same => same.Key, same => same.Max(group => group.Value), StringComparer.Ordinal),
            Percent = Math.Max(Percent, other.Percent),
        };
    }

    /// <summary>Such as <c>users ada, bob; groups internal; 10%</c>.</summary>
    public override string ToString()
    {
        if (IsNobody || IsEveryone)
        {
            return IsNobody ? "nobody" : "everyone";
        }

        List<string> parts = [];
        if (Users.Count > 0)
        {
            parts.Add($"users {string.Join(", ", Users)}");
        }

        if (Groups.Count > 0)
        {
            parts.Add($"groups {string.Join(", ", Groups.Select(group => group.Value >= 100 ? group.Key : $"{group.Key} ({PercentText(group.Value)})"))}");
        }

        if (Percent > 0)
        {
            parts.Add(PercentText(Percent));
        }

        return string.Join("; ", parts);
    }

    private static string PercentText(double percent) => percent.ToString("0.####", CultureInfo.InvariantCulture) + "%";
}
