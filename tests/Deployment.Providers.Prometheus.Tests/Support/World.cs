using Deployment.Analysis;
using Deployment.Releases;

namespace Deployment.Providers.Prometheus.Tests.Support;

/// <summary>A source over a fake Prometheus, and a clock that a test moves. The last shift of traffic is at 0.</summary>
internal sealed class World
{
    private PrometheusSource? _source;

    public World()
    {
        Prometheus = new FakePrometheus(Clock);
        Since = Clock.GetUtcNow();
    }

    public static MetricSubject Subject { get; } = new("production", "web", new RevisionId("shop", "2.4.0", 1));

    public ManualClock Clock { get; } = new();

    public FakePrometheus Prometheus { get; }

    public DateTimeOffset Since { get; }

    public Action<PrometheusOptions> Configure { get; set; } = options =>
    {
        options.Ratio(Metric.ErrorRate, bad: "bad", all: "all");
        options.Counter(Metric.RequestRate, "all");
        options.Counter(Metric.Restarts, "bad", beside: "all");
        options.Distribution("buckets", Metric.LatencyP50, Metric.LatencyP95);
        options.Level(Metric.Memory, "gauge");
        options.Level(Metric.ActiveConnections, "gauge", PrometheusAggregate.Sum);
        options.Level(Metric.Disk, "gauge", PrometheusAggregate.Max);
        options.Level(Metric.Level("mean", MetricUnit.Count), "gauge", PrometheusAggregate.Mean);
        options.Expression(Metric.Network, "rate(cpu[{window}])", freshness: "cpu", TimeSpan.FromSeconds(20));
        options.Expression(Metric.Cpu, "cpu / 4", freshness: "cpu", TimeSpan.FromSeconds(20));
    };

    public PrometheusSource Source => _source ??= PrometheusSource.At("http://prometheus.test", options =>
    {
        options.ScrapeInterval = TimeSpan.FromSeconds(10);
        options.Handler = Prometheus;
        options.TimeProvider = Clock;
        options.MayMixReleases = true;
        Configure(options);
    });

    public IMetricFeed Open(Metric metric) => Source.Open(metric, Subject, Since);

    /// <summary>Moves the clock to a second.</summary>
    public void To(double seconds) => Clock.Advance(Since + TimeSpan.FromSeconds(seconds) - Clock.GetUtcNow());

    /// <summary>Reads at a second.</summary>
    public async Task<IReadOnlyList<MetricSample>> ReadAsync(IMetricFeed feed, double at)
    {
        To(at);
        return await feed.ReadAsync(CancellationToken.None);
    }

    /// <summary>Reads all that comes until a second, at an interval.</summary>
    public async Task<IReadOnlyList<MetricSample>> ReadAllAsync(IMetricFeed feed, double from, double to, double step)
    {
        List<MetricSample> samples = [];
        for (double at = from; at <= to; at += step)
        {
            samples.AddRange(await ReadAsync(feed, at));
        }

        return samples;
    }

    public double Second(DateTimeOffset moment) => (moment - Since).TotalSeconds;

    /// <summary>Samples of a ratio as text: <c>5..15: 1/10</c>.</summary>
    public string[] Ratios(IEnumerable<MetricSample> samples) => [.. samples.Select(sample => FormattableString.Invariant($"{Second(sample.From)}..{Second(sample.At)}: {sample.Bad}/{sample.Events}"))];

    /// <summary>Samples of a count as text.</summary>
    public string[] Counts(IEnumerable<MetricSample> samples) => [.. samples.Select(sample => FormattableString.Invariant($"{Second(sample.From)}..{Second(sample.At)}: {sample.Events}"))];

    /// <summary>Samples with a value of their own as text.</summary>
    public string[] Values(IEnumerable<MetricSample> samples) => [.. samples.Select(sample => FormattableString.Invariant($"{Second(sample.From)}..{Second(sample.At)}: {sample.Value}"))];
}
