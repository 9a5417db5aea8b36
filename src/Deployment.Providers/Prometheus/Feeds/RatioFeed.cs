using System.Globalization;
using Deployment.Analysis;
using Deployment.Providers.Prometheus.Series;

namespace Deployment.Providers.Prometheus.Feeds;

/// <summary>
/// Bad events of all events. A counter with labels exists from its first event on, so that there are no bad ones says nothing is bad,
/// but only beside series of all events: without those it could as well be that nothing is measured.
/// </summary>
internal sealed class RatioFeed : RawFeed
{
    private readonly SelectorHistory _badHistory;
    private readonly string _badSelector;
    private readonly Growth _bad;
    private readonly Growth _all;

    internal RatioFeed(FeedContext context, string bad, string all, DateTimeOffset since)
        : this(context, $"{bad} / {all}", new SelectorHistory(context, bad, isRequired: false), new SelectorHistory(context, all, isRequired: true), bad, since)
    {
    }

    // All events are read first: whatever scrape they have, the bad ones of it are there when those are read.
    private RatioFeed(FeedContext context, string query, SelectorHistory bad, SelectorHistory all, string badSelector, DateTimeOffset since)
        : base(context, query, since, all, bad)
    {
        _badHistory = bad;
        _badSelector = badSelector;
        _bad = new Growth(bad);
        _all = new Growth(all);
    }

    protected override string? TakenAsZero => _badHistory.Tracks.Count == 0 ? _badSelector : null;

    protected override bool Advance(long until) => _all.Advance(until) | _bad.Advance(until);

    protected override string? Misfit() => _bad.Total > _all.Total
        ? string.Create(CultureInfo.InvariantCulture, $"There were {_bad.Total} bad events of {_all.Total}. The bad ones must be counted among all: let both selectors be of one counter, that of the bad ones with a label more.")
        : null;

    protected override MetricSample Sample(DateTimeOffset from, DateTimeOffset at) => MetricSample.Ratio(from, at, _bad.Total, _all.Total);

    protected override void Clear()
    {
        _bad.Clear();
        _all.Clear();
    }
}
