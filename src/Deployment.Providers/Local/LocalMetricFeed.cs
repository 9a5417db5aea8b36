using System.Collections.Immutable;
using Deployment.Analysis;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;

namespace Deployment.Providers.Local;

/// <summary>What the router counts of one revision, second by second.</summary>
internal sealed class LocalMetricFeed(Metric metric, string source, string socket, string target, string revision, DateTimeOffset since) : IMetricFeed
{
    private DateTimeOffset? _until;
    private CounterPoint? _last;

    public string Query => PathOf(target, revision, since);

    public static string PathOf(string target, string revision, DateTimeOffset since) => RouterClient.HistoryPath(target, revision, since);

    public async Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
    {
        CounterHistoryAnswer answer = await RouterClient.HistoryAsync(socket, target, revision, _until ?? since, cancellationToken)
            ?? throw new MetricSourceException(source, Query, $"Its router doesn't answer, or counts nothing of {revision}: it takes no traffic.");
        List<MetricSample> samples = [];
        foreach (CounterPoint point in answer.Points)
        {
            if (_last is { } last && point.At > last.At && last.At >= since)
            {
                samples.Add(Sample(last, point, answer.LatencyBounds));
            }

            if (_last is null || point.At > _last.At)
            {
                _last = point;
                _until = point.At;
            }
        }

        return samples;
    }

    /// <summary>A router that was started anew counts from zero.</summary>
    private MetricSample Sample(CounterPoint last, CounterPoint now, ImmutableArray<double> bounds)
    {
        bool isNew = now.Requests < last.Requests || now.Errors < last.Errors;
        double requests = isNew ? now.Requests : now.Requests - last.Requests;
        double errors = isNew ? now.Errors : now.Errors - last.Errors;
        return metric.Kind switch
        {
            MetricKind.Ratio => MetricSample.Ratio(last.At, now.At, errors, Math.Max(requests, errors)),
            MetricKind.Rate => MetricSample.Counted(last.At, now.At, requests),
            MetricKind.Distribution => MetricSample.Distribution(last.At, now.At, new MetricHistogram(bounds, [.. now.LatencyCounts.Select((count, i) => Math.Max(0.0, isNew ? count : count - last.LatencyCounts[i]))])),
            _ => MetricSample.Level(now.At, now.InFlight),
        };
    }
}
