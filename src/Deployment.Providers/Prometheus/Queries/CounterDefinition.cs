using Deployment.Analysis;
using Deployment.Providers.Prometheus.Feeds;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>What counters grew by.</summary>
internal sealed record CounterDefinition(Metric Metric, QueryTemplate Counters) : MetricDefinition(Metric)
{
    protected override IEnumerable<QueryTemplate> Templates => [Counters];

    protected override IReadOnlyList<MetricKind> Kinds => [MetricKind.Rate, MetricKind.Increase];

    internal override IMetricFeed Open(FeedContext context, MetricSubject subject, DateTimeOffset since) => new CounterFeed(context, Counters.Render(subject), since);

    internal override IEnumerable<string> Questions(MetricSubject subject, PrometheusOptions options) => [PromQl.Raw(Counters.Render(subject), options.Patience)];
}
