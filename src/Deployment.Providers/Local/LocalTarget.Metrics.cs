using Deployment.Analysis;
using Deployment.Providers.Local.Verbs;

namespace Deployment.Providers.Local;

// What the router counts of each revision, as a source of metrics.
public sealed partial class LocalTarget : IMetricSource
{
    /// <summary>Error rate, latencies, request rate and active connections, as the router sees them: second by second, for the last 15 minutes.</summary>
    bool IMetricSource.Measures(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        bool isKnown = metric == Metric.ErrorRate || metric == Metric.RequestRate || metric == Metric.ActiveConnections || (metric.Quantile > 0 && metric == Metric.Latency(metric.Quantile));
        // Who has a flag is known to the application alone.
        return isKnown && subject.Cohort is null && subject.Target == Name;
    }

    IReadOnlyList<string> IMetricSource.Commands(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return [CurlLines.Ask(_local.Folder.RouterSocket(Port), LocalMetricFeed.PathOf(Name, subject.Revision.ToString(), DateTimeOffset.UnixEpoch))];
    }

    IMetricFeed IMetricSource.Open(Metric metric, MetricSubject subject, DateTimeOffset since)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return new LocalMetricFeed(metric, $"The router of port {Port}", _local.Folder.RouterSocket(Port), Name, subject.Revision.ToString(), since);
    }
}
