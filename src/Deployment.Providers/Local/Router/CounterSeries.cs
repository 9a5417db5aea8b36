using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>How the counters of one revision grew since they were begun.</summary>
internal sealed class CounterSeries
{
    private readonly Queue<CounterPoint> _points;
    private CounterPoint _last;
    private ImmutableArray<long> _latencies;

    /// <param name="began">When they were begun.</param>
    /// <param name="first">What they were then; null for nothing.</param>
    public CounterSeries(DateTimeOffset began, RevisionMetrics? first)
    {
        _last = new CounterPoint(began, first?.Requests ?? 0, first?.Errors ?? 0, first?.InFlight ?? 0, []);
        _latencies = first?.LatencyCounts ?? [.. new long[LatencyHistogram.Bounds.Length + 1]];
        _points = new Queue<CounterPoint>([_last]);
        Began = began;
    }

    /// <summary>Tells these counters from others of the same revision, which began at another time.</summary>
    public DateTimeOffset Began { get; }

    /// <summary>From the last point at or before a moment on.</summary>
    public ImmutableArray<CounterPoint> Since(DateTimeOffset moment)
    {
        CounterPoint[] all = [.. _points];
        return [.. all[Math.Max(0, Array.FindLastIndex(all, point => point.At <= moment))..]];
    }

    /// <summary>Whether these counters can have become those.</summary>
    public bool GrewTo(RevisionMetrics metrics) => metrics.Requests >= _last.Requests && metrics.Errors >= _last.Errors;

    public void Add(DateTimeOffset now, RevisionMetrics metrics, TimeSpan kept)
    {
        if (now <= _last.At)
        {
            return;
        }

        _last = new CounterPoint(now, metrics.Requests, metrics.Errors, metrics.InFlight, Increases(metrics.LatencyCounts));
        _latencies = metrics.LatencyCounts;
        _points.Enqueue(_last);
        while (now - _points.Peek().At > kept)
        {
            _points.Dequeue();
        }
    }

    private ImmutableArray<BucketIncrease> Increases(ImmutableArray<long> latencies)
    {
        var increases = ImmutableArray.CreateBuilder<BucketIncrease>();
        for (int bucket = 0; bucket < latencies.Length; bucket++)
        {
            if (latencies[bucket] > _latencies[bucket])
            {
                increases.Add(new BucketIncrease(bucket, (int)(latencies[bucket] - _latencies[bucket])));
            }
        }

        return increases.DrainToImmutable();
    }
}
