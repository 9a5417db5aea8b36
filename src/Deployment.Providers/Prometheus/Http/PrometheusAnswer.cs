using Deployment.Analysis;
using Deployment.Providers.Prometheus.Series;

namespace Deployment.Providers.Prometheus.Http;

/// <summary>An answer that was checked.</summary>
/// <param name="Source">Who gave it, for people.</param>
/// <param name="Question">What was asked.</param>
/// <param name="Text">Its beginning, for people.</param>
/// <param name="Series">What it has: of a query of a moment one point each, of a scalar one series without labels.</param>
internal sealed record PrometheusAnswer(string Source, PrometheusQuestion Question, string Text, IReadOnlyList<RawSeries> Series)
{
    /// <summary>It can't be used.</summary>
    internal MetricSourceException Problem(string problem) => new(Source, Question.ToString(), problem, Text);
}
