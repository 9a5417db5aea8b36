using Deployment.Analysis;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Metrics;

/// <summary>One metric of one version, minute by minute.</summary>
/// <param name="metrics">The function's metrics.</param>
/// <param name="metric">Which.</param>
/// <param name="revision">Whose.</param>
/// <param name="since">Where it begins.</param>
/// <param name="delay">How long after its end a minute is complete.</param>
/// <param name="time">The clock.</param>
internal sealed class FunctionFeed(FunctionMetrics metrics, Metric metric, RevisionId revision, DateTimeOffset since, TimeSpan delay, TimeProvider time) : IMetricFeed
{
    private IReadOnlyList<MetricQuery>? _queries;
    private DateTimeOffset _from = Up(since);

    public string Query => metrics.TextOf(metric, revision);

    public async Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
    {
        // What is read too early would be counted once, and too low.
        DateTimeOffset until = Down(time.GetUtcNow() - delay);
        if (until <= _from)
        {
            return [];
        }

        try
        {
            _queries ??= await metrics.QueriesAsync(metric, revision, cancellationToken);
            MetricSample[] samples = [.. FunctionMetrics.SamplesOf(metric, await metrics.Client.GetMetricDataAsync(_queries, _from, until, cancellationToken), _from, until)];
            _from = until;
            return samples;
        }
        catch (Exception error) when (error is DeploymentException or FormatException)
        {
            throw new MetricSourceException(metrics.Name, Query, error.Message, innerException: error);
        }
    }

    private static DateTimeOffset Down(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    // The minute in which traffic was shifted has what was before as well.
    private static DateTimeOffset Up(DateTimeOffset moment) => Down(moment + TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
}
