using System.Collections.Immutable;

namespace Deployment.Providers.Local.Router;

/// <summary>Counts durations in fixed buckets, without a lock.</summary>
internal sealed class LatencyHistogram
{
    /// <summary>
    /// Upper bounds in seconds: eight to each doubling from 125 µs to 8.192 s, so that a bucket is 9% wide and a release that is 10% slower shows,
    /// and one to each doubling from there to 65.5 s.
    /// </summary>
    public static readonly ImmutableArray<double> Bounds =
        [.. Enumerable.Range(0, (16 * 8) + 1).Select(eighth => Bound(eighth / 8d)), .. Enumerable.Range(17, 3).Select(doubling => Bound(doubling))];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private long _ticks;

    public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    public void Add(TimeSpan duration)
    {
        int found = Bounds.BinarySearch(duration.TotalSeconds);
        Interlocked.Increment(ref _counts[found < 0 ? ~found : found]);
        Interlocked.Add(ref _ticks, duration.Ticks);
    }

    public ImmutableArray<long> Counts() => [.. Enumerable.Range(0, _counts.Length).Select(bucket => Interlocked.Read(ref _counts[bucket]))];

    private static double Bound(double doublings) => Math.Round(0.000125 * Math.Pow(2, doublings), 7);
}
