using Deployment.Analysis;
using Deployment.Providers.Prometheus.Feeds;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>What counters grew by.</summary>
internal sealed record CounterDefinition(Metric Metric, QueryTemplate Counters, QueryTemplate? Beside = null) : MetricDefinition(Metric)
{
    protected override IEnumerable<QueryTemplate> Templates => Beside is null ? [Counters] : [Counters, Beside];

    protected override IReadOnlyList<MetricKind> Kinds => [MetricKind.Rate, MetricKind.Increase];

    internal override IMetricFeed Open(FeedContext context, MetricSubject subject, DateTimeOffset since) =>
        new CounterFeed(context, Counters.Render(subject), Beside?.Render(subject), since);

    internal override IEnumerable<string> Questions(MetricSubject subject, PrometheusOptions options) =>
        [.. Templates.Select(template => PromQl.Raw(template.Render(subject), options.Patience))];
}
