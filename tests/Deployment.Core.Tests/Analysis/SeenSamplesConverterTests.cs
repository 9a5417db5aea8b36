using System.Text.Json;
using Deployment.Analysis;
using Deployment.Json;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class SeenSamplesConverterTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);
    private static readonly double[] Bounds = [.. Enumerable.Range(1, 132).Select(bound => bound / 1000d)];

    [Test]
    public void Write_ThenRead_AreTheSame()
    {
        SeenSample[] samples =
        [
            Seen(0, Histogram(Bounds, (0, 1), (131, 2.5), (132, 3))),
            Seen(1, Histogram(Bounds)),
            Seen(2, Histogram([1, 2], (1, 7))),
            Seen(3, Histogram(Bounds, (5, 1))),
            new SeenSample(Begin, MetricSample.Figure(Begin, Begin, 0.25, 20)),
        ];

        string json = JsonSerializer.Serialize(Series(samples), CoreJson.Default.WatchSeries);
        WatchSeries read = JsonSerializer.Deserialize(json, CoreJson.Default.WatchSeries)!;

        read.Samples.Should().Equal(samples);
        JsonDocument.Parse(json).RootElement.GetProperty("samples").GetProperty("buckets").GetArrayLength().Should().Be(2, "bounds are written once");
    }

    /// <summary>An hour of seconds with 20 answers each, in three buckets of 132.</summary>
    [Test]
    public void Write_AnHour_IsNotManyTimesAsLongAsItsCounts()
    {
        SeenSample[] samples = [.. Enumerable.Range(0, 3600).Select(second => Seen(second, Histogram(Bounds, (60, 12), (61, 7), (70, 1))))];

        int length = JsonSerializer.SerializeToUtf8Bytes(Series(samples), CoreJson.Default.WatchSeries).Length;

        length.Should().BeLessThan(3600 * 250);
    }

    private static SeenSample Seen(int second, MetricHistogram histogram) =>
        new(Begin.AddSeconds(second + 1), MetricSample.Distribution(Begin.AddSeconds(second), Begin.AddSeconds(second + 1), histogram));

    private static MetricHistogram Histogram(double[] bounds, params (int Bucket, double Count)[] filled)
    {
        double[] counts = new double[bounds.Length + 1];
        foreach ((int bucket, double count) in filled)
        {
            counts[bucket] = count;
        }

        return new MetricHistogram([.. bounds], [.. counts]);
    }

    private static WatchSeries Series(IReadOnlyList<SeenSample> samples) => new()
    {
        Metric = "latency p95",
        Kind = MetricKind.Distribution,
        Unit = MetricUnit.Seconds,
        Quantile = 0.95,
        Side = WatchSide.Candidate,
        Subject = "shop_1.1.0_1",
        Source = "test",
        Query = "all",
        Samples = samples,
        Problems = [],
    };
}
