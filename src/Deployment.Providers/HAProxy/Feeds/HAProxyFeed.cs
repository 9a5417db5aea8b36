using Deployment.Analysis;
using Deployment.Providers.HAProxy.Files;
using Deployment.Providers.HAProxy.Runtime;
using Deployment.Providers.HAProxy.Sites;
using Deployment.Releases;

namespace Deployment.Providers.HAProxy.Feeds;

/// <summary>What HAProxy counts of one revision, from one reading to the next. Where it began anew in between, that stretch has no sample.</summary>
internal sealed class HAProxyFeed(Metric metric, string source, string site, RevisionId revision, SiteRuntime runtime, TimeProvider time, DateTimeOffset since) : IMetricFeed
{
    private Reading? _last;

    public string Query => $"{(metric.Kind == MetricKind.Distribution ? "show table" : "show stat")} of {revision} on {site}";

    public async Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
    {
        Reading now = await LookAsync(cancellationToken);
        Reading? last = _last;
        if (last is not null && now.At <= last.At)
        {
            return [];
        }

        _last = now;
        return metric.Kind == MetricKind.Level ? [MetricSample.Level(now.At, now.InFlight)]
            : last is null || last.At < since || !now.GoesOn(last) ? []
            : [Sample(last, now)];
    }

    private MetricSample Sample(Reading last, Reading now) => metric.Kind switch
    {
        MetricKind.Ratio => MetricSample.Ratio(last.At, now.At, now.Failed - last.Failed, now.Answered - last.Answered),
        MetricKind.Distribution => MetricSample.Distribution(last.At, now.At, new MetricHistogram(LatencyBuckets.Bounds, [.. now.Latencies.Zip(last.Latencies, (later, earlier) => later - earlier)])),
        _ => MetricSample.Counted(last.At, now.At, now.Answered - last.Answered),
    };

    private async Task<Reading> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            (_, string process) = await runtime.InfoAsync(cancellationToken);
            LaneEntry lane = (await runtime.StateAsync(cancellationToken))?.Lanes.FirstOrDefault(lane => lane.Revision == revision)
                ?? throw new MetricSourceException(source, Query, $"HAProxy doesn't route {revision}, and counts nothing of it.");
            Counters counted = (await runtime.CountersAsync(lane.Number, cancellationToken)).FirstOrDefault(counted => counted.Name == Counters.Backend)
                ?? throw new MetricSourceException(source, Query, "HAProxy counts nothing of its lane.");
            double[] latencies = metric.Kind == MetricKind.Distribution ? await runtime.LatenciesAsync(lane.Number, cancellationToken) : [];
            return new Reading(time.GetUtcNow(), $"{process} {lane.Number} {lane.Since}", counted.InFlight, counted.Answered, counted.Failed, latencies);
        }
        catch (DeploymentException error) when (error is not MetricSourceException)
        {
            throw new MetricSourceException(source, Query, error.Message, innerException: error);
        }
    }
}
