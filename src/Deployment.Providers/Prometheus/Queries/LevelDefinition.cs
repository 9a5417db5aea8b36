using Deployment.Analysis;
using Deployment.Providers.Prometheus.Feeds;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>A gauge.</summary>
internal sealed record LevelDefinition(Metric Metric, QueryTemplate Gauge, PrometheusAggregate Aggregate) : MetricDefinition(Metric)
{
    protected override IEnumerable<QueryTemplate> Templates => [Gauge];

    protected override IReadOnlyList<MetricKind> Kinds => [MetricKind.Level];

    internal override IMetricFeed Open(FeedContext context, MetricSubject subject, DateTimeOffset since) => new LevelFeed(context, Gauge.Render(subject), Aggregate, since);

    internal override IEnumerable<string> Questions(MetricSubject subject, PrometheusOptions options) => [PromQl.Raw(Gauge.Render(subject), options.Patience)];
}
