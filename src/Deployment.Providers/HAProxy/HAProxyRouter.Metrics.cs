using Deployment.Analysis;
using Deployment.Providers.HAProxy.Feeds;

namespace Deployment.Providers.HAProxy;

// What HAProxy counts of each revision, as a source of metrics.
public sealed partial class HAProxyRouter : IMetricSource
{
    private static readonly Metric[] _measured = [Metric.ErrorRate, Metric.RequestRate, Metric.ActiveConnections];

    /// <summary>
    /// Error rate (answers with 500 to 599, of HAProxy itself as well), request rate, requests in flight, and latencies: the time until an answer begins, in
    /// buckets that are 9% wide. It has no memory: a feed begins when it is opened, and a reload of HAProxy cuts its samples.
    /// </summary>
    bool IMetricSource.Measures(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return subject.Cohort is null && (_measured.Any(one => IsSame(metric, one)) || (metric.Quantile > 0 && IsSame(metric, Metric.Latency(metric.Quantile))));
    }

    IReadOnlyList<string> IMetricSource.Commands(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return [$"sh {_paths.Script} counters {subject.Revision}"];
    }

    async Task IMetricSource.ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = await _runtime.InfoAsync(cancellationToken);
        }
        catch (DeploymentException error)
        {
            throw new MetricSourceException(Name, "show info", error.Message, innerException: error);
        }
    }

    IMetricFeed IMetricSource.Open(Metric metric, MetricSubject subject, DateTimeOffset since)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return new HAProxyFeed(metric, Name, _options.Site, subject.Revision, _runtime, _options.TimeProvider, since);
    }

    // In a warm-up it counts or not: what is measured is the same.
    private static bool IsSame(Metric one, Metric other) => one with { CountsInWarmUp = other.CountsInWarmUp } == other;
}
