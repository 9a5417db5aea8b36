using System.Collections.Immutable;
using Deployment.Analysis;

namespace Deployment.Testing;

/// <summary>Metrics as a test says that they are, by the test's clock. It has a memory: a feed begins where it is opened since.</summary>
public sealed class FakeMetricSource : IMetricSource
{
    private static readonly ImmutableArray<double> Bounds = [0, .. Enumerable.Range(0, (20 * 8) + 1).Select(eighth => Math.Round(Math.Pow(2, eighth / 8d) / 8000, 7))];

    private readonly TimeProvider _clock;
    private readonly Dictionary<string, Func<MetricSubject, DateTimeOffset, DateTimeOffset, IEnumerable<MetricSample>>> _metrics = new(StringComparer.Ordinal);
    private Func<Metric, MetricSubject, CancellationToken, Task> _before = (_, _, _) => Task.CompletedTask;
    private Func<CancellationToken, Task> _probe = _ => Task.CompletedTask;

    /// <summary>Creates a source without metrics.</summary>
    /// <param name="clock">The clock of the run, such as <see cref="VirtualTime.Clock"/>.</param>
    public FakeMetricSource(TimeProvider clock) => _clock = clock;

    /// <inheritdoc/>
    public string Name => "fake metrics";

    /// <summary>A ratio: so many events each second, of which a share is bad. No randomness: of 20 events with a share of 0.05 one is bad.</summary>
    /// <param name="metric">The ratio.</param>
    /// <param name="perSecond">Events each second, 0 or more.</param>
    /// <param name="bad">The share of a subject's events that is bad at a moment.</param>
    public FakeMetricSource Ratio(Metric metric, double perSecond, Func<MetricSubject, DateTimeOffset, double> bad)
    {
        var left = new Dictionary<string, double>(StringComparer.Ordinal);
        return Samples(metric, (subject, from, until) => Seconds(from, until).Select(second =>
        {
            double due = left.GetValueOrDefault(subject.ToString()) + (perSecond * bad(subject, second.Until));
            double now = Math.Min(perSecond, Math.Floor(due + 1e-9));
            left[subject.ToString()] = due - now;
            return MetricSample.Ratio(second.From, second.Until, now, perSecond);
        }));
    }

    /// <summary>A distribution whose events are all as large as said, within their bucket: 0, and eight buckets to each doubling from an eighth of a thousandth to 131.</summary>
    /// <param name="metric">The distribution.</param>
    /// <param name="perSecond">Events each second, 0 or more.</param>
    /// <param name="size">How large a subject's events are at a moment, in the metric's unit.</param>
    public FakeMetricSource Distribution(Metric metric, double perSecond, Func<MetricSubject, DateTimeOffset, double> size)
    {
        return Samples(metric, (subject, from, until) => Seconds(from, until).Select(second =>
        {
            double[] counts = new double[Bounds.Length + 1];
            int found = Bounds.BinarySearch(size(subject, second.Until));
            counts[found < 0 ? ~found : found] = perSecond;
            return MetricSample.Distribution(second.From, second.Until, new MetricHistogram(Bounds, [.. counts]));
        }));
    }

    /// <summary>A level, once a second.</summary>
    public FakeMetricSource Level(Metric metric, Func<MetricSubject, DateTimeOffset, double> value) =>
        Samples(metric, (subject, from, until) => Seconds(from, until).Select(second => MetricSample.Level(second.Until, value(subject, second.Until))));

    /// <summary>Whatever a test makes of a stretch of time.</summary>
    public FakeMetricSource Samples(Metric metric, Func<MetricSubject, DateTimeOffset, DateTimeOffset, IEnumerable<MetricSample>> samples)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(samples);
        _metrics[metric.Name] = samples;
        return this;
    }

    /// <summary>Does something before each answer, such as to throw or to wait for ever.</summary>
    public FakeMetricSource Before(Func<Metric, MetricSubject, CancellationToken, Task> before)
    {
        ArgumentNullException.ThrowIfNull(before);
        _before = before;
        return this;
    }

    /// <summary>What becomes of the question whether it can be asked at all, such as to throw.</summary>
    public FakeMetricSource Probe(Func<CancellationToken, Task> probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        _probe = probe;
        return this;
    }

    /// <inheritdoc/>
    public Task ProbeAsync(CancellationToken cancellationToken) => _probe(cancellationToken);

    /// <inheritdoc/>
    public bool Measures(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return _metrics.ContainsKey(metric.Name);
    }

    /// <inheritdoc/>
    public bool Remembers(Metric metric, MetricSubject subject) => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> Commands(Metric metric, MetricSubject subject) => [];

    /// <inheritdoc/>
    public IMetricFeed Open(Metric metric, MetricSubject subject, DateTimeOffset since) => new Feed(this, metric, subject, since);

    private static IEnumerable<(DateTimeOffset From, DateTimeOffset Until)> Seconds(DateTimeOffset from, DateTimeOffset until)
    {
        for (DateTimeOffset second = from; second + TimeSpan.FromSeconds(1) <= until; second += TimeSpan.FromSeconds(1))
        {
            yield return (second, second + TimeSpan.FromSeconds(1));
        }
    }

    private sealed class Feed(FakeMetricSource source, Metric metric, MetricSubject subject, DateTimeOffset since) : IMetricFeed
    {
        private DateTimeOffset? _last;

        public string Query => $"{metric} of {subject}";

        public async Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
        {
            await source._before(metric, subject, cancellationToken);
            MetricSample[] samples = [.. source._metrics[metric.Name](subject, _last ?? since, source._clock.GetUtcNow())];
            _last = samples.Length > 0 ? samples[^1].At : _last;
            return samples;
        }
    }
}
