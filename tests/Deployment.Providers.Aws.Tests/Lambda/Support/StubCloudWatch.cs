using Deployment.Providers.Aws.Lambda.Metrics;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

/// <summary>
/// CloudWatch as AWS Lambda writes it: an invocation counts in the minute in which it began, and is written once it has ended
/// (docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html).
/// </summary>
internal sealed class StubCloudWatch(TimeProvider time) : ICloudWatch
{
    private readonly List<(DateTimeOffset At, DateTimeOffset Written, int Version, bool Fails)> _invocations = [];
    private readonly HashSet<DateTimeOffset> _made = [];

    /// <summary>Which versions were invoked in a minute, and whether that failed; asked once for each.</summary>
    public Func<DateTimeOffset, IEnumerable<(int Version, bool Fails)>> Minute { get; set; } = _ => [];

    public void Invoke(int version, DateTimeOffset at, TimeSpan duration, bool fails) => _invocations.Add((at, at + duration, version, fails));

    public Task<IReadOnlyList<IReadOnlyDictionary<DateTimeOffset, double>>> GetMetricDataAsync(IReadOnlyList<MetricQuery> queries, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        for (DateTimeOffset minute = from; minute < until; minute += TimeSpan.FromMinutes(1))
        {
            if (_made.Add(minute))
            {
                _invocations.AddRange(Minute(minute).Select(one => (minute, minute, one.Version, one.Fails)));
            }
        }

        return Task.FromResult<IReadOnlyList<IReadOnlyDictionary<DateTimeOffset, double>>>([.. queries.Select(query => Values(query, from, until))]);
    }

    private Dictionary<DateTimeOffset, double> Values(MetricQuery query, DateTimeOffset from, DateTimeOffset until)
    {
        string version = query.Dimensions.Single(dimension => dimension.Name == "ExecutedVersion").Value;
        return _invocations.Where(one => one.Written <= time.GetUtcNow() && one.At >= from && one.At < until && $"{one.Version}" == version)
            .GroupBy(one => new DateTimeOffset(one.At.Ticks - (one.At.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero))
            .ToDictionary(minute => minute.Key, minute => (double)minute.Count(one => query.Name == FunctionMetrics.Invocations || one.Fails));
    }
}
