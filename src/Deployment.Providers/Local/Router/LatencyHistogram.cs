using System.Collections.Immutable;

namespace Deployment.Providers.Local.Router;

/// <summary>Counts durations in fixed buckets, without a lock.</summary>
internal sealed class LatencyHistogram
{
    /// <summary>Upper bounds in seconds, after the buckets that OpenTelemetry recommends for HTTP server durations, with finer ones below 5 ms.</summary>
    public static readonly ImmutableArray<double> Bounds =
        [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private long _ticks;

    public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    public void Add(TimeSpan duration)
    {
        int bucket = 0;
        while (bucket < Bounds.Length && duration.TotalSeconds > Bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _ticks, duration.Ticks);
    }

    public ImmutableArray<long> Counts() => [.. Enumerable.Range(0, _counts.Length).Select(bucket => Interlocked.Read(ref _counts[bucket]))];
}
