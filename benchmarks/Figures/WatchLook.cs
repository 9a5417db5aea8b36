using System.Collections.Immutable;
using System.Globalization;
using Deployment.Analysis;
using Deployment.Benchmarks.Measuring;
using Deployment.Runbooks;

namespace Deployment.Benchmarks.Figures;

/// <summary>
/// A look of a watch at a rule, when so many seconds of both sides were seen: the mean and the longest of 200 that follow each other, beside a hundredth of
/// the second that lies between two.
/// </summary>
internal sealed class WatchLook(int seconds) : Benchmark(string.Create(CultureInfo.InvariantCulture, $"watch-look-{seconds}"))
{
    private const int Looks = 200;
    private const int Answers = 20;
    private static readonly ImmutableArray<double> Bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly (string Name, MetricRule Rule)[] Rules =
    [
        ("threshold", Metric.ErrorRate.IsAbove(0.1)),
        ("threshold of a day", Metric.ErrorRate.IsAbove(0.1) with { Window = TimeSpan.FromHours(24) }),
        ("sequential", Metric.ErrorRate.IsWorseThanBaseline()),
        ("sequential-latency", Metric.LatencyP95.IsWorseThanBaseline()),
        ("comparison", Metrics.FailComparison(new ComparisonOptions { Metrics = [new ComparedMetric(Metric.ErrorRate), new ComparedMetric(Metric.LatencyP95)] })),
    ];

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        var random = new Random(1);
        WatchSeries[] series =
        [
            .. new[] { WatchSide.Candidate, WatchSide.Baseline }.SelectMany(side => new[]
            {
                Series(side, Metric.ErrorRate, i => MetricSample.Ratio(Start.AddSeconds(i), Start.AddSeconds(i + 1), Bad(random), Answers)),
                Series(side, Metric.LatencyP95, i => MetricSample.Distribution(Start.AddSeconds(i), Start.AddSeconds(i + 1), Histogram(random))),
            }),
        ];
        foreach ((string name, MetricRule rule) in Rules)
        {
            await Task.Yield();
            Measure(rule, series);
            (double mean, double longest) = Measure(rule, series);
            yield return new Figure($"{Name}, {name}, mean", mean, "ms", "the limit, a hundredth of the time between two looks", 10);
            yield return new Figure($"{Name}, {name}, longest", longest, "ms", "the limit, a hundredth of the time between two looks", 10);
        }
    }

    private (double Mean, double Longest) Measure(MetricRule rule, WatchSeries[] series)
    {
        var watch = new RuleWatch(new MonitorRule(rule, FailureAction.RollBack), new MonitorOptions());
        double sum = 0;
        double longest = 0;
        for (int look = 0; look < Looks; look++)
        {
            long begin = Clock.Now;
            RuleFinding finding = watch.Look(Start, Start.AddSeconds(seconds - Looks + 1 + look), series);
            double took = Clock.Since(begin).TotalMilliseconds;
            if (finding.Judgement.Result != JudgementResult.Well)
            {
                throw new BenchmarkException($"Equal releases are {finding.Judgement.Result}: {finding.Judgement.Reason}");
            }

            sum += took;
            longest = Math.Max(longest, took);
        }

        return (sum / Looks, longest);
    }

    private WatchSeries Series(WatchSide side, Metric metric, Func<int, MetricSample> sample) => new()
    {
        Metric = metric.Name,
        Kind = metric.Kind,
        Unit = metric.Unit,
        Quantile = metric.Quantile,
        Side = side,
        Subject = "shop on web",
        Source = "benchmark",
        Query = metric.Name,
        Samples = [.. Enumerable.Range(0, seconds).Select(i => new SeenSample(Start.AddSeconds(i + 1), sample(i)))],
        Problems = [],
    };

    private static MetricHistogram Histogram(Random random)
    {
        double[] counts = new double[Bounds.Length + 1];
        for (int i = 0; i < Answers; i++)
        {
            counts[1 + (int)(random.NextDouble() * random.NextDouble() * 6)]++;
        }

        return new MetricHistogram(Bounds, [.. counts]);
    }

    private static int Bad(Random random) => Enumerable.Range(0, Answers).Count(_ => random.NextDouble() < 0.005);
}
