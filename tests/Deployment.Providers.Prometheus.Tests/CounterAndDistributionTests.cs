using Deployment.Analysis;
using Deployment.Providers.Prometheus.Tests.Support;

namespace Deployment.Providers.Prometheus.Tests;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CounterAndDistributionTests
{
    private readonly World _world = new();

    private FakeSeries Bucket(string bound, string instance = "a") => _world.Prometheus.Series("buckets", $"\"__name__\":\"d_bucket\",\"instance\":\"{instance}\",\"le\":\"{bound}\"");

    private Task<IReadOnlyList<MetricSample>> ReadAsync(Metric metric) => _world.ReadAllAsync(_world.Open(metric), 5, 60, 1);

    [Test]
    public async Task Read_Counters_AreSummedOverAllSeries()
    {
        _world.Prometheus.Series("all", "\"code\":\"200\"").At(-5, 100).At(5, 101).At(15, 105);
        _world.Prometheus.Series("all", "\"code\":\"404\"").At(-5, 10).At(5, 10).At(15, 12);

        _world.Counts(await ReadAsync(Metric.RequestRate)).Should().Equal("5..15: 6");
    }

    /// <summary>A counter of what should not happen has no series until it does.</summary>
    [Test]
    public async Task Read_CountersWithoutSeriesBesideACompanion_Are0UntilTheFirst()
    {
        _world.Prometheus.Series("all", "\"code\":\"200\"").Each(-5, 45, 10, time => 100 + time);
        _world.Prometheus.Series("bad", "\"code\":\"500\"").At(25, 2).At(35, 3).At(45, 3);
        IMetricFeed feed = _world.Open(Metric.Restarts);

        IReadOnlyList<MetricSample> first = await _world.ReadAllAsync(feed, 0, 20, 1);
        feed.Query.Should().Be("bad (no series so far of bad: taken as 0)");
        IReadOnlyList<MetricSample> then = await _world.ReadAllAsync(feed, 21, 50, 1);

        feed.Query.Should().Be("bad");
        _world.Counts([.. first, .. then]).Should().Equal("5..15: 0", "15..25: 2", "25..35: 1", "35..45: 0");
    }

    [Test]
    public async Task Read_CountersAndCompanionWithoutSeries_IsAnError()
    {
        await FluentActions.Awaiting(() => ReadAsync(Metric.Restarts)).Should().ThrowAsync<MetricSourceException>().WithMessage("*`all[*There is no series.*");
    }

    [Test]
    public async Task Read_CountersWithoutSeriesAndCompanion_IsAnError()
    {
        _world.Prometheus.Series("other").At(5, 1);

        await FluentActions.Awaiting(() => ReadAsync(Metric.RequestRate)).Should().ThrowAsync<MetricSourceException>().WithMessage("*There is no series.*");
    }

    [Test]
    public async Task Read_Buckets_AreAHistogramOfWhatCameSince()
    {
        Bucket("0.1").At(-5, 900).At(5, 900).At(15, 903);
        Bucket("0.5").At(-5, 950).At(5, 950).At(15, 958);
        Bucket("+Inf").At(-5, 1000).At(5, 1000).At(15, 1010);

        MetricSample sample = (await ReadAsync(Metric.LatencyP95)).Should().ContainSingle().Which;

        sample.Histogram!.Bounds.Should().Equal(0.1, 0.5);
        sample.Histogram.Counts.Should().Equal(3, 5, 2);
        sample.Events.Should().Be(10);
        sample.From.Should().Be(_world.Since.AddSeconds(5));
    }

    [Test]
    public async Task Read_InstancesWriteTheSameBoundOtherwise_AreOneHistogram()
    {
        foreach ((string instance, string one) in new[] { ("a", "1"), ("b", "1.0") })
        {
            Bucket(one, instance).At(-5, 0).At(5, 0).At(15, 1);
            Bucket("+Inf", instance).At(-5, 0).At(5, 0).At(15, 3);
        }

        (await ReadAsync(Metric.LatencyP50)).Should().ContainSingle().Which.Histogram!.Counts.Should().Equal(2, 4);
    }

    [Test]
    public async Task Read_ProcessRestartsAndCountsMoreInOneBucket_AllBucketsBeganAnew()
    {
        Bucket("0.1").At(-5, 8).At(5, 8).At(15, 3);
        Bucket("+Inf").At(-5, 9).At(5, 9).At(15, 10);

        // Told apart the second would have grown by 1, and the first by 3.
        (await ReadAsync(Metric.LatencyP95)).Should().ContainSingle().Which.Histogram!.Counts.Should().Equal(3, 7);
    }

    [Test]
    public async Task Read_LabelledHistogramAppearsLater_CountsFrom0()
    {
        Bucket("0.1").Each(-5, 25, 10, _ => 5);
        Bucket("+Inf").Each(-5, 25, 10, _ => 5);
        Bucket("0.1", "b").At(14, 1).At(24, 1);
        Bucket("+Inf", "b").At(14, 2).At(24, 2);

        (await ReadAsync(Metric.LatencyP95)).Select(sample => sample.Events).Should().Equal(2, 0);
    }

    [Test]
    public async Task Read_InstancesMeasureInOtherBuckets_IsAnErrorThatShowsBoth()
    {
        Bucket("0.1").At(5, 1);
        Bucket("+Inf").At(5, 1);
        Bucket("0.2", "b").At(5, 1);
        Bucket("+Inf", "b").At(5, 1);

        await FluentActions.Awaiting(() => ReadAsync(Metric.LatencyP95)).Should().ThrowAsync<MetricSourceException>().WithMessage("*0.1, +Inf*0.2, +Inf*");
    }

    [TestCase("\"le\":\"many\"", "*no bucket*")]
    [TestCase("\"instance\":\"a\"", "*no bucket*")]
    [TestCase("\"le\":\"0.1\"", "*+Inf*")]
    [TestCase("\"le\":\"+Inf\"", "*some with a bound*")]
    public async Task Read_SeriesAreNoHistogram_IsAnError(string labels, string problem)
    {
        _world.Prometheus.Series("buckets", labels).At(5, 1);

        await FluentActions.Awaiting(() => ReadAsync(Metric.LatencyP95)).Should().ThrowAsync<MetricSourceException>().WithMessage(problem);
    }

    [Test]
    public async Task Read_NativeHistogram_IsAnErrorThatSaysWhatToDo()
    {
        _world.Prometheus.Instead = (query, _) => query.StartsWith("buckets[", StringComparison.Ordinal)
            ? FakePrometheus.Answer(FakePrometheus.Found("matrix", """[{"metric":{"a":"b"},"histograms":[[1,{"count":"1","sum":"1"}]]}]"""))
            : null;

        await FluentActions.Awaiting(() => ReadAsync(Metric.LatencyP95)).Should().ThrowAsync<MetricSourceException>().WithMessage("*native histogram*classic buckets*");
    }
}
