using Deployment.Analysis;
using Deployment.Providers.Prometheus.Tests.Support;

namespace Deployment.Providers.Prometheus.Tests;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LevelTests
{
    private readonly World _world = new();

    private FakeSeries Gauge(string instance = "a") => _world.Prometheus.Series("gauge", $"\"instance\":\"{instance}\"");

    private Task<IReadOnlyList<MetricSample>> ReadAsync(Metric metric) => _world.ReadAllAsync(_world.Open(metric), 8, 60, 1);

    [Test]
    public async Task Read_OneGauge_EachScrapeSinceTheShiftIsASampleOfItsOwnTime()
    {
        Gauge().At(-5, 0.9).At(5, 0.5).At(15, 0.25);

        _world.Values(await ReadAsync(Metric.Memory)).Should().Equal("5..5: 0.5", "15..15: 0.25");
    }

    [Test]
    public async Task Read_ScrapesEnd_NoSampleIsMadeUpAlthoughAQueryOfAMomentAnswers()
    {
        Gauge().At(5, 0.5).At(15, 0.25);
        IMetricFeed feed = _world.Open(Metric.Memory);
        await _world.ReadAllAsync(feed, 5, 20, 1);

        (await _world.ReadAllAsync(feed, 21, 200, 1)).Should().BeEmpty();
    }

    [Test]
    public async Task Read_SeveralGauges_IsAnErrorThatShowsThem()
    {
        Gauge("a").At(5, 1);
        Gauge("b").At(6, 2);

        await FluentActions.Awaiting(() => ReadAsync(Metric.Memory)).Should().ThrowAsync<MetricSourceException>().WithMessage("*2 series*{instance=\"a\"}, {instance=\"b\"}*");
    }

    [Test]
    public async Task Read_InstanceWasReplaced_IsOneGaugeAfterAWhile()
    {
        Gauge("a").At(-5, 1).At(5, 1);
        Gauge("b").Each(17, 60, 10, _ => 2);
        IMetricFeed feed = _world.Open(Metric.Memory);
        await _world.ReadAllAsync(feed, 0, 10, 1);

        // While both may be there nobody knows which one is meant.
        await FluentActions.Awaiting(() => _world.ReadAsync(feed, 20)).Should().ThrowAsync<MetricSourceException>();
        _world.Values(await _world.ReadAllAsync(feed, 40, 60, 1)).Should().Equal("17..17: 2", "27..27: 2", "37..37: 2", "47..47: 2", "57..57: 2");
    }

    [Test]
    public async Task Read_SeveralGaugesAndAnAggregate_AreOneFromTheFirstSampleOn()
    {
        foreach ((string instance, double offset, double value) in new[] { ("a", 1, 1), ("b", 4, 2), ("c", 8, 6) })
        {
            Gauge(instance).Each(offset, 60, 10, _ => value);
        }

        (await ReadAsync(Metric.ActiveConnections)).Should().HaveCountGreaterThan(3).And.OnlyContain(sample => sample.Value == 9);
        _world.Values(await _world.ReadAsync(_world.Open(Metric.Disk), 60))[0].Should().Be("8..8: 6");
        (await _world.ReadAsync(_world.Open(Metric.Level("mean", MetricUnit.Count)), 60)).Should().HaveCountGreaterThan(3).And.OnlyContain(sample => sample.Value == 3);
    }

    [TestCase("NaN")]
    [TestCase("+Inf")]
    public async Task Read_NoNumber_IsAnErrorOnce(string value)
    {
        Gauge().At(5, 0.5).At(15, value).At(25, 0.25);
        IMetricFeed feed = _world.Open(Metric.Memory);
        await _world.ReadAsync(feed, 6);

        await FluentActions.Awaiting(() => _world.ReadAsync(feed, 16)).Should().ThrowAsync<MetricSourceException>().WithMessage("*no number*");
        _world.Values(await _world.ReadAsync(feed, 26)).Should().Equal("25..25: 0.25");
    }

    [Test]
    public async Task Read_NoGauge_IsAnError() => await FluentActions.Awaiting(() => ReadAsync(Metric.Memory)).Should().ThrowAsync<MetricSourceException>().WithMessage("*no series*");
}
