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
    private readonly Dictionary<(string Target, string Revision), CounterSeries> _series = [];
    private DateTimeOffset _last;

    /// <param name="look">The counters of each revision, by target.</param>
    /// <param name="timeProvider">The clock.</param>
    public CounterHistory(Func<IEnumerable<KeyValuePair<string, ImmutableSortedDictionary<string, RevisionMetrics>>>> look, TimeProvider timeProvider)
    {
        _look = look;
        _timeProvider = timeProvider;
        _last = timeProvider.GetUtcNow();
        Take(_last);
        _timer = timeProvider.CreateTimer(_ => Take(), null, Step, Step);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>From the last point at or before a moment on; null where the revision is not counted.</summary>
    public CounterHistoryAnswer? Since(string target, string revision, DateTimeOffset moment)
    {
        lock (_gate)
        {
            return _series.GetValueOrDefault((target, revision)) is { } series ? new CounterHistoryAnswer(series.Began, LatencyHistogram.Bounds, series.Since(moment)) : null;
        }
    }

    private void Take()
    {
        lock (_gate)
        {
            Take(_timeProvider.GetUtcNow());
        }
    }

    private void Take(DateTimeOffset now)
    {
        bool isSetBack = now < _last;
        if (isSetBack)
        {
            // What was noted by a clock that was wrong can't be told from what comes: it begins anew, from what was counted by now.
            _series.Clear();
        }

        HashSet<(string, string)> counted = [];
        foreach ((string target, ImmutableSortedDictionary<string, RevisionMetrics> revisions) in _look())
        {
            foreach ((string revision, RevisionMetrics metrics) in revisions)
            {
                counted.Add((target, revision));
                Add((target, revision), now, metrics, isSetBack);
            }
        }

        foreach ((string, string) gone in _series.Keys.Where(key => !counted.Contains(key)).ToArray())
        {
            _series.Remove(gone);
        }

        _last = now;
    }

    private void Add((string Target, string Revision) key, DateTimeOffset now, RevisionMetrics metrics, bool isSetBack)
    {
        if (!_series.TryGetValue(key, out CounterSeries? series) || !series.GrewTo(metrics))
        {
            // It came after the look before this one, and nothing was counted of it then.
            _series[key] = series = isSetBack ? new CounterSeries(now, metrics) : new CounterSeries(_last, null);
        }

        series.Add(now, metrics, Kept);
    }
}
