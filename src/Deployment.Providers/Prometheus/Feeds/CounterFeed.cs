using Deployment.Analysis;
using Deployment.Providers.Prometheus.Series;

namespace Deployment.Providers.Prometheus.Feeds;

/// <summary>What counters grew by.</summary>
internal sealed class CounterFeed : RawFeed
{
    private readonly Growth _growth;

    internal CounterFeed(FeedContext context, string counters, DateTimeOffset since)
        : this(context, counters, new SelectorHistory(context, counters, isRequired: true), since)
    {
    }

    private CounterFeed(FeedContext context, string query, SelectorHistory counters, DateTimeOffset since)
        : base(context, query, since, counters) => _growth = new Growth(counters);

    protected override bool Advance(long until) => _growth.Advance(until);

    protected override MetricSample Sample(DateTimeOffset from, DateTimeOffset at) => MetricSample.Counted(from, at, _growth.Total);

    protected override void Clear() => _growth.Clear();
}
