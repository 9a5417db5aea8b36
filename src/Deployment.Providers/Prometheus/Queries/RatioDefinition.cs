using Deployment.Analysis;
using Deployment.Providers.Prometheus.Feeds;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>Bad events of all events.</summary>
internal sealed record RatioDefinition(Metric Metric, QueryTemplate Bad, QueryTemplate All) : MetricDefinition(Metric)
{
    protected override IEnumerable<QueryTemplate> Templates => [Bad, All];

    protected override IReadOnlyList<MetricKind> Kinds => [MetricKind.Ratio];

    internal override IMetricFeed Open(FeedContext context, MetricSubject subject, DateTimeOffset since) =>
        new RatioFeed(context, bad: Bad.Render(subject), all: All.Render(subject), since);

    internal override IEnumerable<string> Questions(MetricSubject subject, PrometheusOptions options) =>
        [PromQl.Raw(Bad.Render(subject), options.Patience), PromQl.Raw(All.Render(subject), options.Patience)];
}
