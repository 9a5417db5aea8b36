using Deployment.Analysis;
using Deployment.Providers.Local.Verbs;

namespace Deployment.Providers.Local;

// What the router counts of each revision, and what its processes take, as a source of metrics.
public sealed partial class LocalTarget : IMetricSource
{
    // In a warm-up it counts or not: what is measured is the same.
    private static readonly Metric[] OfTheRouter = [Metric.ErrorRate, Metric.RequestRate, Metric.ActiveConnections];
    private static readonly Metric[] OfProcesses = [Metric.Cpu, Metric.Memory];

    /// <summary>
    /// Error rate, latencies, request rate and active connections, as the router sees them: second by second, for the last 15 minutes.
    /// Restarts: how often instances ended by themselves and were started again, since it was begun to watch.
    /// On Linux CPU and memory, since then: what all processes of the revision's instances take, with all that these have started and that has
    /// not left their session. CPU is the time on processors by that of all processors of the machine, without what a process took between the
    /// last look and its end. Memory is what is resident, shared pages counted for each process, by the limit of all instances where the
    /// revision has one, else by the machine's memory.
    /// </summary>
    bool IMetricSource.Measures(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        // Who has a flag is known to the application alone.
        return (IsOfTheRouter(metric) || IsOfProcesses(metric)) && subject.Cohort is null && subject.Target == Name;
    }

    bool IMetricSource.Remembers(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return IsOfTheRouter(metric);
    }

    IReadOnlyList<string> IMetricSource.Commands(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return [IsOfProcesses(metric)
            ? _local.Lines.Get("/status")
            : CurlLines.Ask(_local.Folder.RouterSocket(Port), LocalMetricFeed.PathOf(Name, subject.Revision.ToString(), DateTimeOffset.UnixEpoch))];
    }

    IMetricFeed IMetricSource.Open(Metric metric, MetricSubject subject, DateTimeOffset since)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return IsOfProcesses(metric)
            ? new LocalProcessFeed(metric, _local.Folder, Name, subject.Revision.ToString(), TimeProvider.System)
            : new LocalMetricFeed(metric, $"The router of port {Port}", _local.Folder.RouterSocket(Port), Name, subject.Revision.ToString(), since);
    }

    private static bool IsOfTheRouter(Metric metric) =>
        OfTheRouter.Any(one => IsSame(metric, one)) || (metric.Quantile > 0 && IsSame(metric, Metric.Latency(metric.Quantile)));

    private static bool IsOfProcesses(Metric metric) => IsSame(metric, Metric.Restarts) || (OperatingSystem.IsLinux() && OfProcesses.Any(one => IsSame(metric, one)));

    private static bool IsSame(Metric one, Metric other) => one with { CountsInWarmUp = other.CountsInWarmUp } == other;
}
