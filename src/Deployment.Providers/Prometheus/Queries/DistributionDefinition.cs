using Deployment.Analysis;
using Deployment.Providers.Prometheus.Feeds;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>The buckets of a classic histogram.</summary>
internal sealed record DistributionDefinition(Metric Metric, QueryTemplate Buckets) : MetricDefinition(Metric)
{
    protected override IEnumerable<QueryTemplate> Templates => [Buckets];

    protected override IReadOnlyList<MetricKind> Kinds => [MetricKind.Distribution];

    internal override IMetricFeed Open(FeedContext context, MetricSubject subject, DateTimeOffset since) => new DistributionFeed(context, Buckets.Render(subject), since);

    internal override IEnumerable<string> Questions(MetricSubject subject, PrometheusOptions options) => [PromQl.Raw(Buckets.Render(subject), options.Patience)];
}
