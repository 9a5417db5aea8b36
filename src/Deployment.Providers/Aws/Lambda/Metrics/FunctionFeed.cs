using Deployment.Analysis;
using Deployment.Providers.Aws.Lambda.Versions;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Metrics;

/// <summary>
/// One metric of one version, minute by minute. An invocation counts in the minute in which it began, and is written when it ends
/// (docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html): so a minute is complete only once the longest that began in it would have timed out.
/// </summary>
/// <param name="metrics">The function's metrics.</param>
/// <param name="metric">Which.</param>
/// <param name="revision">Whose.</param>
/// <param name="since">Where it begins.</param>
/// <param name="delay">How long after the end of an invocation what is written of it is there.</param>
/// <param name="time">The clock.</param>
internal sealed class FunctionFeed(FunctionMetrics metrics, Metric metric, RevisionId revision, DateTimeOffset since, TimeSpan delay, TimeProvider time) : IMetricFeed
{
    private NumberedVersion? _version;
    private DateTimeOffset _from = Up(since);

    public string Query => metrics.TextOf(metric, revision);

    public async Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
    {
        // What is read too early would be counted once, and too low.
        DateTimeOffset written = time.GetUtcNow() - delay;
        if (Down(written) <= _from)
        {
            return [];
        }

        try
        {
            _version ??= await metrics.VersionAsync(revision, cancellationToken);
            DateTimeOffset until = Down(written - FunctionMetrics.LongestOf(_version));
            if (until <= _from)
            {
                return [];
            }

            IReadOnlyList<IReadOnlyDictionary<DateTimeOffset, double>> values = await metrics.Client.GetMetricDataAsync(metrics.QueriesOf(metric, _version), _from, until, cancellationToken);
            until = FunctionMetrics.CompleteUntil(values, _from, until);
            MetricSample[] samples = [.. FunctionMetrics.SamplesOf(metric, values, _from, until)];
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
