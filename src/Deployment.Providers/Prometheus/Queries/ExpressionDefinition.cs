using Deployment.Analysis;
using Deployment.Providers.Prometheus.Feeds;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>What Prometheus computes itself.</summary>
internal sealed record ExpressionDefinition(Metric Metric, QueryTemplate Expression, QueryTemplate Freshness, TimeSpan Window) : MetricDefinition(Metric)
{
    protected override IEnumerable<QueryTemplate> Templates => [Expression, Freshness];

    protected override IReadOnlyList<MetricKind> Kinds => [];

    internal override IMetricFeed Open(FeedContext context, MetricSubject subject, DateTimeOffset since) =>
        new ExpressionFeed(context, this, Expression.Render(subject, Window), Freshness.Render(subject), since);

    internal override IEnumerable<string> Questions(MetricSubject subject, PrometheusOptions options) =>
        [Expression.Render(subject, Window), $"timestamp({Freshness.Render(subject)})"];
}
