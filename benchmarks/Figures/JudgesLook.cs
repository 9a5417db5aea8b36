using System.Collections.Immutable;
using System.Globalization;
using Deployment.Analysis;
using Deployment.Benchmarks.Measuring;

namespace Deployment.Benchmarks.Figures;

/// <summary>
/// One look of each judge at so many seconds of samples of both sides, 20 answers a second each with 0.5% of them bad, beside a hundredth of the second
/// that lies between two looks. A judge goes through all samples at each look.
/// </summary>
internal sealed class JudgesLook(int seconds) : Benchmark(string.Create(CultureInfo.InvariantCulture, $"judges-look-{seconds}"))
{
    private const int Answers = 20;
    private const int Looks = 51;
    private static readonly ImmutableArray<double> Bounds = [.. Enumerable.Range(0, 132).Select(eighth => Math.Round(Math.Pow(2, eighth / 8d) / 8000, 7))];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly (string Name, MetricRule Rule)[] Rules =
    [
        ("sequential", Metric.ErrorRate.IsWorseThanBaseline()),
        ("sequential-latency", Metric.LatencyP95.IsWorseThanBaseline()),
        ("comparison", Metrics.FailComparison(new ComparisonOptions { Metrics = [new ComparedMetric(Metric.ErrorRate), new ComparedMetric(Metric.LatencyP95)] })),
        ("fisher", Metric.ErrorRate.FailsFisherTest(afterEvents: 1000)),
    ];

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        MetricWindow window = Window();
        foreach ((string name, MetricRule rule) in Rules)
        {
            await Task.Yield();
            var samples = new Samples();
            for (int look = -Looks; look < Looks; look++)
            {
                long begin = Clock.Now;
                Judgement judgement = rule.Judge.Judge(window);
                TimeSpan took = Clock.Since(begin);
                if (judgement.Result != JudgementResult.Well)
                {
                    throw new BenchmarkException($"Equal releases are {judgement.Result}: {judgement.Reason}");
                }

                if (look >= 0)
                {
                    samples.Add(took);
                }
            }

            yield return new Figure($"{Name}, {name}", samples.MedianMilliseconds, "ms", "the limit, a hundredth of the time between two looks", 10);
        }
    }

    private MetricWindow Window()
    {
        var random = new Random(1);
        MetricSeries[] candidate = [Ratios(random), Latencies(random)];
        MetricSeries[] baseline = [Ratios(random), Latencies(random)];
        return new MetricWindow(Start, Start.AddSeconds(seconds), candidate.ToDictionary(series => series.Metric.Name), baseline.ToDictionary(series => series.Metric.Name));
    }

    private MetricSeries Ratios(Random random) =>
        new(Metric.ErrorRate, [.. Enumerable.Range(0, seconds).Select(i => MetricSample.Ratio(Start.AddSeconds(i), Start.AddSeconds(i + 1), Count(random, 0.005), Answers))]);

    private MetricSeries Latencies(Random random) =>
        new(Metric.LatencyP95, [.. Enumerable.Range(0, seconds).Select(i => MetricSample.Distribution(Start.AddSeconds(i), Start.AddSeconds(i + 1), Histogram(random)))]);

    private static MetricHistogram Histogram(Random random)
    {
        double[] counts = new double[Bounds.Length + 1];
        for (int i = 0; i < Answers; i++)
        {
            counts[64 + (int)(random.NextDouble() * random.NextDouble() * 30)]++;
        }

        return new MetricHistogram(Bounds, [.. counts]);
    }

    private static int Count(Random random, double share) => Enumerable.Range(0, Answers).Count(_ => random.NextDouble() < share);
}
