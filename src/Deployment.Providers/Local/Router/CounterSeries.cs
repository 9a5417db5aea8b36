using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>How the counters of one revision grew since they were begun.</summary>
internal sealed class CounterSeries(CounterPoint first)
{
    private readonly Queue<CounterPoint> _points = new([first]);
    private CounterPoint _last = first;

    /// <summary>Tells these counters from others of the same revision, which began at another time.</summary>
    public DateTimeOffset Began { get; } = first.At;

    /// <summary>From the last point at or before a moment on.</summary>
    public ImmutableArray<CounterPoint> Since(DateTimeOffset moment)
    {
        CounterPoint[] all = [.. _points];
        return [.. all[Math.Max(0, Array.FindLastIndex(all, point => point.At <= moment))..]];
    }

    /// <summary>Whether these counters can have become those.</summary>
    public bool GrewTo(RevisionMetrics metrics) => metrics.Requests >= _last.Requests && metrics.Errors >= _last.Errors;

    public void Add(CounterPoint point, TimeSpan kept)
    {
        if (point.At <= _last.At)
        {
            return;
        }

        _points.Enqueue(_last = point);
        while (point.At - _points.Peek().At > kept)
        {
            _points.Dequeue();
        }
    }
}
