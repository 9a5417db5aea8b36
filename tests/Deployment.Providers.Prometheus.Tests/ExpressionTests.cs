using Deployment.Analysis;
using Deployment.Providers.Prometheus.Tests.Support;

namespace Deployment.Providers.Prometheus.Tests;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ExpressionTests
{
    private readonly World _world = new();

    private Task<IReadOnlyList<MetricSample>> ReadAsync(double to = 100) => _world.ReadAllAsync(_world.Open(Metric.Network), 0, to, 1);

    private FakeSeries Scraped(double to, string instance = "a", double from = -5) => _world.Prometheus.Series("cpu", $"\"instance\":\"{instance}\"").Each(from, to, 10, time => time);

    private void Is(Func<double, string> value) => _world.Prometheus.Expression = time => [("", value(time))];

    [Test]
    public async Task Read_Expression_NoWindowBeginsBeforeTheShift()
    {
        Scraped(95);
        List<double> asked = [];
        _world.Prometheus.Expression = time =>
        {
            asked.Add(Math.Round(time, 3));
            return [("", "0.5")];
        };

        IReadOnlyList<MetricSample> samples = await ReadAsync();

        asked.Should().Equal(20, 40, 60, 80);
        samples.Should().HaveCount(4);
        samples[0].From.Should().Be(_world.Since);
        samples[^1].At.Should().Be(_world.Since.AddSeconds(80));
        _world.Prometheus.Asked.Should().Contain("rate(cpu[20s])");
    }

    [Test]
    public async Task Read_LevelWithoutAWindow_IsAskedAtEachScrape()
    {
        Scraped(95);
        Is(_ => "0.5");

        _world.Values(await _world.ReadAllAsync(_world.Open(Metric.Cpu), 0, 50, 1)).Should().Equal("20..20: 0.5", "30..30: 0.5", "40..40: 0.5");
    }

    [Test]
    public async Task Read_ScrapesEnd_NoSampleIsLaterThanTheLastScrapeThoughPrometheusAnswers()
    {
        Scraped(45);
        Is(_ => "0.5");

        (await ReadAsync(300)).Select(sample => _world.Second(sample.At)).Should().Equal(20, 40);
    }

    [Test]
    public async Task Read_OneInstanceIsScrapedLater_IsWaitedFor()
    {
        Scraped(95);
        Scraped(95, "b", from: 9);
        Is(_ => "0.5");

        (await _world.ReadAllAsync(_world.Open(Metric.Network), 0, 45, 1)).Select(sample => _world.Second(sample.At)).Should().Equal(20);
        (await _world.ReadAsync(_world.Open(Metric.Network), 49)).Select(sample => _world.Second(sample.At)).Should().Equal(20, 40);
    }

    [Test]
    public async Task Read_NaNAmongNumbers_GivesThemThenTheErrorThenTheRest()
    {
        Scraped(95);
        Is(time => time is > 39 and < 41 ? "NaN" : "0.5");
        IMetricFeed feed = _world.Open(Metric.Network);

        (await _world.ReadAsync(feed, 90)).Should().ContainSingle();
        await FluentActions.Awaiting(() => _world.ReadAsync(feed, 90)).Should().ThrowAsync<MetricSourceException>().WithMessage("*00:00:40Z it is NaN, no number*It answered:*");
        (await _world.ReadAsync(feed, 90)).Select(sample => _world.Second(sample.At)).Should().Equal(60, 80);
    }

    [Test]
    public async Task Read_SeveralSeries_IsAnErrorThatShowsThem()
    {
        Scraped(95);
        _world.Prometheus.Expression = _ => [("\"code\":\"200\"", "1"), ("\"code\":\"500\"", "1")];

        await FluentActions.Awaiting(() => ReadAsync()).Should().ThrowAsync<MetricSourceException>().WithMessage("*2 series*{code=\"200\"}, {code=\"500\"}*Aggregate*");
    }

    [Test]
    public async Task Read_NoResult_IsAnError()
    {
        Scraped(95);

        await FluentActions.Awaiting(() => ReadAsync()).Should().ThrowAsync<MetricSourceException>().WithMessage("*rate(cpu[20s]) from*no result*");
    }

    [Test]
    public async Task Read_NothingTellsFreshness_IsAnErrorAfterAWhile()
    {
        Is(_ => "1");
        IMetricFeed feed = _world.Open(Metric.Network);

        (await _world.ReadAllAsync(feed, 0, 50, 1)).Should().BeEmpty();
        await FluentActions.Awaiting(() => _world.ReadAsync(feed, 51)).Should().ThrowAsync<MetricSourceException>().WithMessage("*timestamp(cpu)*no series*");
    }
}
