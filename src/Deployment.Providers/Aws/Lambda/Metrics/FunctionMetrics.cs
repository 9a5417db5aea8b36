using System.Collections.Immutable;
using System.Globalization;
using Deployment.Analysis;
using Deployment.Commands;
using Deployment.Providers.Aws.Lambda.Verbs;
using Deployment.Providers.Aws.Lambda.Versions;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Metrics;

/// <summary>
/// What AWS counts of each version behind an alias: a metric for each minute (docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html). The dimensions name
/// function, alias and version, so what others invoke of the function doesn't count.
/// </summary>
internal sealed class FunctionMetrics(LambdaPlace place, ICloudWatch client, LambdaLines lines, AwsOptions aws)
{
    public const string Invocations = "Invocations";
    public const string Errors = "Errors";
    public const string Duration = "Duration";
    public const string Throttled = "Throttles";

    private const double Milliseconds = 1000;

    // docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
    private static readonly TimeSpan _longestTimeout = TimeSpan.FromMinutes(15);

    public string Name => $"CloudWatch of {place.Function}";

    public ICloudWatch Client => client;

    public static bool Measures(Metric metric, MetricSubject subject) =>
        subject.Cohort is null && (IsSame(metric, Metric.ErrorRate) || IsSame(metric, Metric.RequestRate) || IsSame(metric, LambdaMetric.Throttles) || IsLatency(metric));

    /// <summary>The version whose metrics these are.</summary>
    public async Task<NumberedVersion> VersionAsync(RevisionId revision, CancellationToken cancellationToken) => place.VersionOf(await place.LookAsync(cancellationToken), revision);

    public IReadOnlyList<MetricQuery> QueriesOf(Metric metric, NumberedVersion version) => QueriesOf(metric, version.Number.ToString(CultureInfo.InvariantCulture));

    /// <summary>How long an invocation of a version may take. Where AWS doesn't say it is the longest that there is.</summary>
    public static TimeSpan LongestOf(NumberedVersion version) => version.Configuration.Timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : _longestTimeout;

    /// <summary>One that can be asked whatever stands.</summary>
    public MetricQuery Probe() => new(Invocations, "Sum", OfAlias());

    public string TextOf(Metric metric, RevisionId revision) => string.Join(" and ", QueriesOf(metric, revision.ToString()).Select(query => $"{query.Statistic} of {query.Resource}"));

    public IReadOnlyList<string> Commands(Metric metric, RevisionId revision) =>
    [
        lines.Find("VERSION", revision),
        .. QueriesOf(metric, "$VERSION").Select(query => AwsCommand.Of(aws, "cloudwatch", "get-metric-statistics", "--namespace", "AWS/Lambda", "--metric-name", query.Name,
            query.Statistic == "Sum" ? "--statistics Sum" : $"--extended-statistics {query.Statistic}", "--period", "60",
            "--start-time", "\"$(date -u -d '15 minutes ago' +%Y-%m-%dT%H:%M:%SZ)\"", "--end-time", "\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"",
            "--dimensions", string.Join(' ', query.Dimensions.Select(dimension => dimension.Value == "$VERSION" ? "\"Name=ExecutedVersion,Value=$VERSION\"" : CommandLine.Quote($"Name={dimension.Name},Value={dimension.Value}"))))),
    ];

    /// <summary>The end of the minutes that are whole. AWS writes all metrics of an invocation, each by itself: a minute that has one and not the other is still being written.</summary>
    public static DateTimeOffset CompleteUntil(IReadOnlyList<IReadOnlyDictionary<DateTimeOffset, double>> values, DateTimeOffset from, DateTimeOffset until)
    {
        DateTimeOffset minute = from;
        while (minute < until && values.All(one => one.ContainsKey(minute) == values[0].ContainsKey(minute)))
        {
            minute += TimeSpan.FromMinutes(1);
        }

        return minute;
    }

    /// <summary>The samples of whole minutes. A minute of which AWS has nothing had no invocation.</summary>
    public static IEnumerable<MetricSample> SamplesOf(Metric metric, IReadOnlyList<IReadOnlyDictionary<DateTimeOffset, double>> values, DateTimeOffset from, DateTimeOffset until)
    {
        for (DateTimeOffset minute = from; minute < until; minute += TimeSpan.FromMinutes(1))
        {
            DateTimeOffset end = minute + TimeSpan.FromMinutes(1);
            double first = values[0].GetValueOrDefault(minute);
            if (IsLatency(metric))
            {
                // Without invocations there is nothing to tell of.
                if (first > 0 && values[1].TryGetValue(minute, out double time))
                {
                    yield return MetricSample.Figure(minute, end, time / Milliseconds, first);
                }
            }
            else
            {
                // A late count of one is seen before that of the other.
                yield return IsSame(metric, Metric.ErrorRate) ? MetricSample.Ratio(minute, end, Math.Min(values[1].GetValueOrDefault(minute), first), first) : MetricSample.Counted(minute, end, first);
            }
        }
    }

    private ImmutableArray<MetricQuery> QueriesOf(Metric metric, string version)
    {
        ImmutableArray<(string, string)> own = [.. OfAlias(), ("ExecutedVersion", version)];
        return IsSame(metric, LambdaMetric.Throttles) ? [new(Throttled, "Sum", OfAlias())]
            : IsSame(metric, Metric.ErrorRate) ? [new(Invocations, "Sum", own), new(Errors, "Sum", own)]
            : IsSame(metric, Metric.RequestRate) ? [new(Invocations, "Sum", own)]
            : [new(Invocations, "Sum", own), new(Duration, string.Create(CultureInfo.InvariantCulture, $"p{metric.Quantile * 100:0.##}"), own)];
    }

    private ImmutableArray<(string Name, string Value)> OfAlias() => [("FunctionName", place.Function), ("Resource", $"{place.Function}:{place.Alias}")];

    private static bool IsLatency(Metric metric) => metric.Quantile > 0 && IsSame(metric, Metric.Latency(metric.Quantile));

    // In a warm-up it counts or not: what is measured is the same.
    private static bool IsSame(Metric one, Metric other) => one with { CountsInWarmUp = other.CountsInWarmUp } == other;
}
