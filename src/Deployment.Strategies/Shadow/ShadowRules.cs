using System.Globalization;

namespace Deployment.Strategies.Shadow;

/// <summary>What is wrong with a shadow's options, all of it.</summary>
internal static class ShadowRules
{
    private const int MostRequests = 10_000_000;
    private const double LargestSlowdown = 1000;
    private static readonly TimeSpan LongestTolerance = TimeSpan.FromMinutes(1);

    internal static IReadOnlyList<string> Problems(ShadowOptions options) =>
    [
        .. OfNumbers(options),
        .. options.Time == TimeSpan.Zero ? ["Shadow's Time is 0, so nothing would be copied; give it some minutes."] : OptionRules.Bake("Shadow's Time", options.Time),
        .. OptionRules.Reason("Shadow", options.Reason),
    ];

    private static IEnumerable<string> OfNumbers(ShadowOptions options)
    {
        if (options.Percent is < 1 or > 100)
        {
            yield return $"Shadow's Percent is {options.Percent}; it must be 1 to 100.";
        }

        if (options.MinimumRequests is < 1 or > MostRequests)
        {
            yield return $"Shadow's MinimumRequests is {options.MinimumRequests}; it must be 1 to {MostRequests}: without a request nothing can be compared.";
        }

        if (options.MaxDifferentPercent is not (>= 0 and <= 100))
        {
            yield return $"Shadow's MaxDifferentPercent is {Text(options.MaxDifferentPercent)}; it must be 0 to 100.";
        }

        if (options.MaxSlowdown is { } slowdown and not (>= 1 and <= LargestSlowdown))
        {
            yield return $"Shadow's MaxSlowdown is {Text(slowdown)}; it must be 1 to {Text(LargestSlowdown)}, or null to judge no latency.";
        }

        if (options.SlowdownTolerance < TimeSpan.Zero || options.SlowdownTolerance > LongestTolerance)
        {
            yield return $"Shadow's SlowdownTolerance is {options.SlowdownTolerance}; it must be 0 to {LongestTolerance}.";
        }
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
