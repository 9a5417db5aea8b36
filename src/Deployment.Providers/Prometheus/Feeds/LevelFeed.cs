using Deployment.Analysis;
using Deployment.Providers.Prometheus.Series;

namespace Deployment.Providers.Prometheus.Feeds;

/// <summary>How gauges stand.</summary>
internal sealed class LevelFeed : RawFeed
{
    private const int MostShown = 5;
    private readonly SelectorHistory _gauge;
    private readonly PrometheusAggregate _aggregate;
    private readonly List<double> _values = [];

    internal LevelFeed(FeedContext context, string gauge, PrometheusAggregate aggregate, DateTimeOffset since)
        : this(context, gauge, aggregate, new SelectorHistory(context, gauge, isRequired: true), since)
    {
    }

    private LevelFeed(FeedContext context, string query, PrometheusAggregate aggregate, SelectorHistory gauge, DateTimeOffset since)
        : base(context, aggregate == PrometheusAggregate.None ? query : $"{aggregate} of {query}", since, gauge)
    {
        _gauge = gauge;
        _aggregate = aggregate;
    }

    // A sum without some instances would be too low, so the first waits until each can have been scraped once.
    protected override TimeSpan Gathering => _aggregate == PrometheusAggregate.None ? TimeSpan.Zero : Context.Options.ScrapeInterval;

    protected override void Check()
    {
        if (_aggregate != PrometheusAggregate.None || _gauge.Tracks.Count < 2)
        {
            return;
        }

        long late = _gauge.Tracks.Max(track => track.Newest) - (long)Context.Options.Patience.TotalMilliseconds;
        SeriesTrack[] current = [.. _gauge.Tracks.Where(track => track.Newest >= late)];
        if (current.Length > 1)
        {
            throw new MetricSourceException(
                Context.Options.Name,
                Query,
                $"There are {current.Length} series, and the metric is one. Narrow the selector, or choose how one is made of them ({nameof(PrometheusAggregate)}).",
                string.Join(", ", current.Take(MostShown).Select(track => track.Labels)));
        }
    }

    protected override bool Advance(long until)
    {
        _values.AddRange(_gauge.Tracks.Select(track => track.TakeLast(until)?.Value).OfType<double>());
        return false;
    }

    protected override MetricSample? Sample(DateTimeOffset from, DateTimeOffset at) => _values.Count == 0 ? null : MetricSample.Level(at, _aggregate switch
    {
        PrometheusAggregate.Sum => _values.Sum(),
        PrometheusAggregate.Max => _values.Max(),
        _ => _values.Average(),
    });

    protected override void Clear() => _values.Clear();
}
