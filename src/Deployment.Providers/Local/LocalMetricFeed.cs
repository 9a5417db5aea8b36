using Deployment.Analysis;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;

namespace Deployment.Providers.Local;

/// <summary>
/// What the router counts of one revision, second by second. A router that takes over, or is started anew, counts from zero: it is gone on with
/// from there. What ends in the one before it after that is counted by nobody.
/// </summary>
internal sealed class LocalMetricFeed(Metric metric, string source, string socket, string target, string revision, DateTimeOffset since) : IMetricFeed
{
    private DateTimeOffset? _began;
    private DateTimeOffset? _until;
    private CounterPoint? _last;

    public string Query => PathOf(target, revision, since);

    public static string PathOf(string target, string revision, DateTimeOffset since) => RouterClient.HistoryPath(target, revision, since);

    public async Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
    {
        CounterHistoryAnswer answer = await AskAsync(_last?.At ?? since, cancellationToken);
        if (answer.Began != _began)
        {
            // What others counted says nothing of these, which may have begun while the others still told of theirs: from their beginning, then.
            answer = _began is null ? answer : await AskAsync(answer.Began > since ? answer.Began : since, cancellationToken);
            (_began, _last) = (answer.Began, null);
        }

        List<MetricSample> samples = [];
        double[] latencies = new double[answer.LatencyBounds.Length + 1];
        foreach (CounterPoint point in answer.Points)
        {
            if (_last is null)
            {
                _last = point;
                continue;
            }

            if (point.At <= _last.At)
            {
                continue;
            }

            foreach ((int bucket, int count) in point.Latencies)
            {
                latencies[bucket] += count;
            }

            // Of a time that was told of already it waits, so that samples come in the order of their time.
            if (!(point.At <= _until))
            {
                // Of before nothing counts.
                if (_last.At >= since)
                {
                    samples.Add(Sample(_last, point, new MetricHistogram(answer.LatencyBounds, [.. latencies])));
                    _until = point.At;
                }

                _last = point;
                Array.Clear(latencies);
            }
        }

        return samples;
    }

    private async Task<CounterHistoryAnswer> AskAsync(DateTimeOffset moment, CancellationToken cancellationToken) =>
        await RouterClient.HistoryAsync(socket, target, revision, moment, cancellationToken)
            ?? throw new MetricSourceException(source, Query, $"Its router doesn't answer, or counts nothing of {revision}: it takes no traffic.");

    private MetricSample Sample(CounterPoint last, CounterPoint now, MetricHistogram latencies) => metric.Kind switch
    {
        MetricKind.Ratio => MetricSample.Ratio(last.At, now.At, now.Errors - last.Errors, now.Requests - last.Requests),
        MetricKind.Rate => MetricSample.Counted(last.At, now.At, now.Requests - last.Requests),
        MetricKind.Distribution => MetricSample.Distribution(last.At, now.At, latencies),
        _ => MetricSample.Level(now.At, now.InFlight),
    };
}
