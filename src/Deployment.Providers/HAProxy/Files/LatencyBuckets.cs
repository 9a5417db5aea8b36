using System.Collections.Immutable;
using System.Globalization;

namespace Deployment.Providers.HAProxy.Files;

/// <summary>The buckets in which HAProxy counts how long answers took.</summary>
internal static class LatencyBuckets
{
    /// <summary>Upper bounds in microseconds: eight to each doubling from 125 µs to 8.192 s, so that a release that is 10% slower shows, and one to each doubling up to 65.5 s.</summary>
    private static readonly ImmutableArray<long> _bounds =
        [.. Enumerable.Range(0, (16 * 8) + 1).Select(eighth => Bound(eighth / 8d)), .. Enumerable.Range(17, 3).Select(doubling => Bound(doubling))];

    /// <summary>The same in seconds.</summary>
    public static ImmutableArray<double> Bounds { get; } = [.. _bounds.Select(bound => bound / 1e6)];

    /// <summary>A map of ranges to the number of their bucket.</summary>
    public static string Map { get; } = string.Concat(_bounds.Select((bound, index) => string.Create(CultureInfo.InvariantCulture, $"{(index == 0 ? 0 : _bounds[index - 1] + 1)}:{bound} {index}\n")));

    private static long Bound(double doublings) => (long)Math.Round(125 * Math.Pow(2, doublings));
}
