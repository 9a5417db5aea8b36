using Deployment.Analysis;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Metrics;

namespace Deployment.Providers.Aws.Lambda;

// What AWS counts of each version, as a source of metrics.
public sealed partial class LambdaTarget : IMetricSource
{
    string IMetricSource.Name => _metrics.Name;

    /// <summary>
    /// Error rate, request rate, latencies and <see cref="LambdaMetric.Throttles"/> by CloudWatch, a sample for each minute of which all has come
    /// (<see cref="LambdaTargetOptions.MetricDelay"/> and the version's time-out). A minute without invocations is one of zero events.
    /// </summary>
    bool IMetricSource.Measures(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return FunctionMetrics.Measures(metric, subject);
    }

    bool IMetricSource.Remembers(Metric metric, MetricSubject subject) => true;

    IReadOnlyList<string> IMetricSource.Commands(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return _metrics.Commands(metric, subject.Revision);
    }

    async Task IMetricSource.ProbeAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _lambda.Options.TimeProvider.GetUtcNow();
        try
        {
            _ = await _metrics.Client.GetMetricDataAsync([_metrics.Probe()], now - TimeSpan.FromMinutes(5), now, cancellationToken);
        }
        catch (Exception error) when (error is AwsFailure or FormatException)
        {
            throw new MetricSourceException(_metrics.Name, _metrics.Probe().Resource, error.Message, innerException: error);
        }
    }

    IMetricFeed IMetricSource.Open(Metric metric, MetricSubject subject, DateTimeOffset since)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return new FunctionFeed(_metrics, metric, subject.Revision, since, _lambda.Options.MetricDelay, _lambda.Options.TimeProvider);
    }
}
