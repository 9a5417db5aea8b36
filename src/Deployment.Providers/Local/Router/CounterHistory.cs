using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// Keeps how the counters grew, second by second, so that whoever judges a release can ask for what was counted since a moment. All revisions are
/// looked at in the same moments: what is compared is of the same time.
/// </summary>
internal sealed class CounterHistory : IDisposable
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>How long a point is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    private readonly Func<IEnumerable<KeyValuePair<string, ImmutableSortedDictionary<string, RevisionMetrics>>>> _look;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Target, string Revision), Queue<CounterPoint>> _points = [];
    private DateTimeOffset _last;

    /// <param name="look">The counters of each revision, by target.</param>
    /// <param name="timeProvider">The clock.</param>
    public CounterHistory(Func<IEnumerable<KeyValuePair<string, ImmutableSortedDictionary<string, RevisionMetrics>>>> look, TimeProvider timeProvider)
    {
        _look = look;
        _timeProvider = timeProvider;
        _last = timeProvider.GetUtcNow();
        Take();
        _timer = timeProvider.CreateTimer(_ => Take(), null, Step, Step);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>From the last point at or before a moment on; null where the revision is not counted.</summary>
    public ImmutableArray<CounterPoint>? Since(string target, string revision, DateTimeOffset moment)
    {
        lock (_gate)
        {
            if (!_points.TryGetValue((target, revision), out Queue<CounterPoint>? points))
            {
                return null;
            }

            CounterPoint[] all = [.. points];
            int first = Math.Max(0, Array.FindLastIndex(all, point => point.At <= moment));
            return [.. all[first..]];
        }
    }

    private void Take()
    {
        lock (_gate)
        {
            DateTimeOffset now = _timeProvider.GetUtcNow();
            // A clock that was set back would give points of one time twice.
            now = now > _last ? now : _last;
            HashSet<(string, string)> counted = [];
            foreach ((string target, ImmutableSortedDictionary<string, RevisionMetrics> revisions) in _look())
            {
                foreach ((string revision, RevisionMetrics metrics) in revisions)
                {
                    counted.Add((target, revision));
                    Add(PointsOf(target, revision, metrics.LatencyCounts.Length), now, metrics);
                }
            }

            foreach ((string, string) gone in _points.Keys.Where(key => !counted.Contains(key)).ToArray())
            {
                _points.Remove(gone);
            }

            _last = now;
        }
    }

    private Queue<CounterPoint> PointsOf(string target, string revision, int buckets)
    {
        if (!_points.TryGetValue((target, revision), out Queue<CounterPoint>? points))
        {
            _points[(target, revision)] = points = new Queue<CounterPoint>();
            // It came after the look before this one, and nothing was counted of it then.
            points.Enqueue(new CounterPoint(_last, 0, 0, 0, [.. new long[buckets]]));
        }

        return points;
    }

    private static void Add(Queue<CounterPoint> points, DateTimeOffset now, RevisionMetrics metrics)
    {
        points.Enqueue(new CounterPoint(now, metrics.Requests, metrics.Errors, metrics.InFlight, metrics.LatencyCounts));
        while (now - points.Peek().At > Kept)
        {
            points.Dequeue();
        }
    }
}
