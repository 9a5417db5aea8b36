using System.Globalization;
using Deployment.Analysis;
using Deployment.Providers.Prometheus.Http;
using Deployment.Providers.Prometheus.Queries;
using Deployment.Providers.Prometheus.Series;

namespace Deployment.Providers.Prometheus.Feeds;

/// <summary>
/// What Prometheus computes. It answers for any moment, whether or not anything was scraped since; so the expression is asked for a moment
/// only once each series that it rests on has a sample from then or later, and never for one whose window begins before the last shift.
/// </summary>
internal sealed class ExpressionFeed(FeedContext context, ExpressionDefinition definition, string expression, string freshness, DateTimeOffset since) : IMetricFeed
{
    // Prometheus answers at most 11,000.
    private const int MostSteps = 1000;
    private readonly string _timestamps = $"timestamp({freshness})";
    private readonly TimeSpan _step = definition.Expression.HasWindow ? definition.Window : context.Options.ScrapeInterval;
    private long? _next;
    private MetricSourceException? _problem;
    private bool _wasSeen;

    /// <inheritdoc/>
    public string Query => expression;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_problem is { } problem)
        {
            _problem = null;
            throw problem;
        }

        (long now, TimeSpan ahead) = await context.NowAsync(cancellationToken);
        long next = _next ??= FeedContext.ServerTime(since, ahead) + (long)definition.Window.TotalMilliseconds;
        long? fresh = await FreshAsync(now, cancellationToken);
        if (fresh is not { } until || until < next)
        {
            return [];
        }

        long step = (long)_step.TotalMilliseconds;
        long last = next + (Math.Min((until - next) / step, MostSteps - 1) * step);
        PrometheusAnswer answer = await context.Client.AskAsync(PrometheusQuestion.Range(expression, next, last, _step), cancellationToken);
        return Samples(answer, last + step);
    }

    /// <summary>Up to when everything is known that the expression rests on; null when nothing is.</summary>
    private async Task<long?> FreshAsync(long now, CancellationToken cancellationToken)
    {
        PrometheusAnswer answer = await context.Client.AskAsync(new PrometheusQuestion(_timestamps, now), cancellationToken);
        if (answer.Series.Count == 0)
        {
            // After a while without scrapes Prometheus forgets a series: then there is nothing new, and the age of the last sample tells.
            bool isEarly = now - (_next!.Value - (long)definition.Window.TotalMilliseconds) <= context.Options.Grace.TotalMilliseconds;
            return _wasSeen || isEarly ? null : throw answer.Problem("There is no series that tells how fresh the expression is. Either nothing was measured yet, or the query asks for labels that nothing bears.");
        }

        double[] seconds = [.. answer.Series.Select(series => series.Points[0].Value)];
        if (!seconds.All(double.IsFinite))
        {
            throw answer.Problem("A time is no number.");
        }

        _wasSeen = true;
        double late = seconds.Max() - context.Options.Patience.TotalSeconds;
        return (long)Math.Round(seconds.Where(second => second >= late).Min() * 1000);
    }

    private List<MetricSample> Samples(PrometheusAnswer answer, long next)
    {
        // What can't be used is passed over the next time: the past doesn't change, and what comes after may be well.
        if (answer.Series.Count != 1)
        {
            _next = next;
            throw answer.Problem(answer.Series.Count == 0
                ? "There is no series: the expression has no result."
                : $"There are {answer.Series.Count} series, and the metric is one: {string.Join(", ", answer.Series.Take(5).Select(series => series.Labels))}. Aggregate them in the expression, as with sum(…).");
        }

        List<MetricSample> samples = [];
        foreach (RawPoint point in answer.Series[0].Points)
        {
            if (!double.IsFinite(point.Value))
            {
                _next = point.Time + (long)_step.TotalMilliseconds;
                MetricSourceException problem = answer.Problem($"At {DateTimeOffset.FromUnixTimeMilliseconds(point.Time):yyyy-MM-dd'T'HH:mm:ss'Z'} it is {point.Value.ToString(CultureInfo.InvariantCulture)}, no number. A ratio is that while there are no events.");
                _problem = samples.Count == 0 ? throw problem : problem;
                return samples;
            }

            samples.Add(Sample(DateTimeOffset.FromUnixTimeMilliseconds(point.Time), point.Value));
        }

        _next = next;
        return samples;
    }

    private MetricSample Sample(DateTimeOffset at, double value) => definition.Metric.Kind == MetricKind.Level
        ? MetricSample.Level(at, value)
        : MetricSample.Figure(at - definition.Window, at, value);
}
