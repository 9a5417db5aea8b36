using Deployment.Analysis;
using Deployment.Providers.Prometheus.Series;

namespace Deployment.Providers.Prometheus.Feeds;

/// <summary>
/// What counters grew by. One that counts what should not happen has no series until it does: beside a companion that has series whenever the
/// subject is measured that is 0, and without one nobody can tell.
/// </summary>
internal sealed class CounterFeed : RawFeed
{
    private readonly SelectorHistory _counters;
    private readonly string _selector;
    private readonly Growth _growth;
    private readonly Growth? _beside;

    internal CounterFeed(FeedContext context, string counters, string? beside, DateTimeOffset since)
        : this(
            context,
            counters,
            new SelectorHistory(context, counters, isRequired: beside is null),
            beside is null ? null : new SelectorHistory(context, beside, isRequired: true),
            since)
    {
    }

    // The companion is read first: whatever scrape it has, the counters of it are there when those are read.
    private CounterFeed(FeedContext context, string query, SelectorHistory counters, SelectorHistory? beside, DateTimeOffset since)
        : base(context, query, since, beside is null ? [counters] : [beside, counters])
    {
        _counters = counters;
        _selector = query;
        _growth = new Growth(counters);
        _beside = beside is null ? null : new Growth(beside);
    }

    protected override string? TakenAsZero => _beside is not null && _counters.Tracks.Count == 0 ? _selector : null;

    protected override bool Advance(long until) => (_beside?.Advance(until) ?? false) | _growth.Advance(until);

    protected override MetricSample Sample(DateTimeOffset from, DateTimeOffset at) => MetricSample.Counted(from, at, _growth.Total);

    protected override void Clear()
    {
        _growth.Clear();
        _beside?.Clear();
    }
}
