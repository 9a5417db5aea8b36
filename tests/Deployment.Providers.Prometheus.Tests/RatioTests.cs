using Deployment.Analysis;
using Deployment.Providers.Prometheus.Tests.Support;

namespace Deployment.Providers.Prometheus.Tests;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RatioTests
{
    private readonly World _world = new();

    private FakeSeries All(string instance = "a") => _world.Prometheus.Series("all", $"\"__name__\":\"all\",\"instance\":\"{instance}\"");

    private FakeSeries Bad(string instance = "a") => _world.Prometheus.Series("bad", $"\"__name__\":\"all\",\"code\":\"500\",\"instance\":\"{instance}\"");

    private Task<IReadOnlyList<MetricSample>> ReadAsync(double to = 60, double from = 0) => _world.ReadAllAsync(_world.Open(Metric.ErrorRate), from, to, 1);

    [Test]
    public async Task Read_CountersGrow_EachScrapeIsASampleOfItsOwnTime()
    {
        All().At(-5, 100).At(5, 110).At(15, 130).At(25, 130).At(35, 131);
        Bad().At(-5, 50).At(5, 51).At(15, 54).At(25, 54).At(35, 55);

        _world.Ratios(await ReadAsync(40)).Should().Equal("5..15: 3/20", "15..25: 0/0", "25..35: 1/1");
    }

    [Test]
    public async Task Read_ErrorsBeforeTheShift_AreInNoSample()
    {
        All().At(-5, 0).At(5, 1000).At(15, 1010);
        Bad().At(-5, 0).At(5, 1000).At(15, 1000);

        IReadOnlyList<MetricSample> samples = await ReadAsync();

        _world.Ratios(samples).Should().Equal("5..15: 0/10");
        samples.Should().OnlyContain(sample => sample.From >= _world.Since);
    }

    [Test]
    public async Task Read_ReleaseIsNew_ItsCountersBeganAt0()
    {
        All().At(5, 7).At(15, 9);
        Bad().At(5, 2).At(15, 2);

        _world.Ratios(await ReadAsync(from: 5)).Should().Equal("0..5: 2/7", "5..15: 0/2");
    }

    [Test]
    public async Task Read_FirstErrorAppearsLater_CountsFrom0()
    {
        All().Each(-5, 35, 10, time => 100 + time);
        Bad().At(25, 3).At(35, 4);

        _world.Ratios(await ReadAsync()).Should().Equal("5..15: 0/10", "15..25: 3/10", "25..35: 1/10");
    }

    /// <summary>It may be that nothing was bad, or that the selector is misspelt: people must see which.</summary>
    [Test]
    public async Task Query_WhileThereIsNoBadSeries_SaysThatItIsTakenAs0()
    {
        All().Each(-5, 35, 10, time => 100 + time);
        Bad().At(25, 3).At(35, 4);
        IMetricFeed feed = _world.Open(Metric.ErrorRate);

        await _world.ReadAllAsync(feed, 0, 20, 1);
        feed.Query.Should().Be("bad / all (no series so far of bad: taken as 0)");
        await _world.ReadAllAsync(feed, 21, 40, 1);
        feed.Query.Should().Be("bad / all");
    }

    [Test]
    public async Task Read_ProcessRestarts_CountsWhatTheNewOneCounted()
    {
        All().At(-5, 100).At(5, 110).At(15, 4).At(25, 6);
        Bad().At(-5, 10).At(5, 10).At(15, 1).At(25, 1);

        _world.Ratios(await ReadAsync()).Should().Equal("5..15: 1/4", "15..25: 0/2");
    }

    [Test]
    public async Task Read_InstancesScrapedApart_BatchesHaveAScrapeOfEach()
    {
        All("a").Each(-9, 61, 10, time => 100 + time);
        All("b").Each(-6, 64, 10, time => 200 + time);
        Bad("a").Each(-9, 61, 10, time => 10 + ((time + 9) / 10));
        Bad("b").Each(-6, 64, 10, time => 20 + ((time + 6) / 10));

        _world.Ratios(await ReadAsync(40)).Should().Equal("4..14: 2/20", "14..24: 2/20", "24..34: 2/20");
    }

    [Test]
    public async Task Read_InstanceGoes_OthersAreNotHeldUpForLongAndNothingIsLostWhenItComesBack()
    {
        All("a").Each(-5, 105, 10, time => 100 + time);
        All("b").At(-4, 500).At(6, 510).At(16, 520).At(86, 590).At(96, 600);

        IReadOnlyList<MetricSample> samples = await ReadAsync(110);

        samples.Sum(sample => sample.Events).Should().Be(100 + 90);
        samples.Where(sample => sample.At > _world.Since.AddSeconds(20)).Select(sample => (sample.At - sample.From).TotalSeconds).Should().OnlyContain(seconds => seconds <= 20);
        samples[^1].At.Should().Be(_world.Since.AddSeconds(105));
    }

    [Test]
    public async Task Read_ScrapeIsThereLate_ComesWithTheNextBatch()
    {
        All("a").Each(-5, 45, 10, time => 100 + time);
        All("b").At(-4, 0).At(6, 1).At(16, 2, visibleAt: 27).At(26, 4, visibleAt: 27).At(36, 8).At(46, 16);

        _world.Ratios(await ReadAsync(50)).Should().Equal("6..16: 0/11", "16..26: 0/12", "26..36: 0/14", "36..46: 0/18");
    }

    [Test]
    public async Task Read_NewInstanceIsThereLate_NothingIsLost()
    {
        All("a").Each(-5, 45, 10, time => 100 + time);
        All("b").At(14, 5, visibleAt: 19).At(24, 6).At(34, 7);

        _world.Ratios(await ReadAsync(40)).Should().Equal("5..15: 0/10", "15..25: 0/16", "25..35: 0/11");
    }

    [TestCase(1)]
    [TestCase(3.7)]
    [TestCase(26)]
    public async Task Read_AtAnyPace_GivesTheSameBatches(double step)
    {
        string[] atOnce = await ChangingWorldAsync(200);

        (await ChangingWorldAsync(step)).Should().Equal(atOnce).And.HaveCountGreaterThan(10);
    }

    [Test]
    public async Task Read_SeriesOfAnHourAgoComesBack_ItsPastIsInNoSample()
    {
        All("a").Each(-5, 55, 10, time => 100 + time);
        All("b").At(-1800, 5000).At(22, 6000).At(32, 6001);

        _world.Ratios(await ReadAsync(40)).Should().Equal("5..15: 0/10", "15..25: 0/10", "25..35: 0/11");
    }

    [Test]
    public async Task Read_NoSeriesOfAll_IsAnErrorThatShowsQueryAndAnswer()
    {
        Bad().At(5, 1);
        IMetricFeed feed = _world.Open(Metric.ErrorRate);

        // Until then it may be that nothing was scraped yet.
        (await _world.ReadAllAsync(feed, 0, 50, 1)).Should().BeEmpty();
        MetricSourceException problem = (await FluentActions.Awaiting(() => _world.ReadAsync(feed, 51)).Should().ThrowAsync<MetricSourceException>()).Which;
        problem.Message.Should().Contain("`all[").And.Contain("no series").And.Contain("\"result\":[]");
        problem.Answer.Should().Contain("success");
    }

    [Test]
    public async Task Read_BadOnesComeAScrapeEarlierThanAll_WaitsUntilTheyFit()
    {
        All().At(-5, 0).At(5, 0).At(15, 1).At(25, 5);
        Bad().At(-5, 0).At(5, 0).At(15, 2).At(25, 2);

        _world.Ratios(await ReadAsync()).Should().Equal("5..25: 2/5");
    }

    [Test]
    public async Task Read_BadOnesAreNotAmongAll_IsAnError()
    {
        All().Each(-5, 205, 10, _ => 5);
        Bad().Each(-5, 205, 10, time => time + 5);

        await FluentActions.Awaiting(() => ReadAsync(200)).Should().ThrowAsync<MetricSourceException>().WithMessage("*`bad / all`*bad events of 0*counted among all*");
    }

    [Test]
    public async Task Read_ValueIsNaN_IsAnErrorOnceAndThenGoesOn()
    {
        All().At(-5, 1).At(5, 2).At(15, "NaN").At(25, 6);
        IMetricFeed feed = _world.Open(Metric.ErrorRate);

        await FluentActions.Awaiting(() => _world.ReadAsync(feed, 16)).Should().ThrowAsync<MetricSourceException>().WithMessage("*all{*NaN, no number*");
        _world.Ratios(await _world.ReadAsync(feed, 26)).Should().Equal("5..25: 0/4");
    }

    [Test]
    public async Task Read_ClockOfPrometheusIsAhead_WhatWasBeforeTheShiftByOursStaysOut()
    {
        _world.Prometheus.Ahead = TimeSpan.FromSeconds(8);

        // By its clock the shift was at 8.
        All().At(-5, 0).At(5, 1000).At(15, 1001).At(25, 1003);

        _world.Ratios(await ReadAsync(20)).Should().Equal("15..25: 0/2");
    }

    [TestCase(11)]
    [TestCase(-180)]
    public async Task Read_ClockIsOffByMore_IsAnErrorThatNamesBothTimes(double ahead)
    {
        _world.Prometheus.Ahead = TimeSpan.FromSeconds(ahead);
        All().At(-5, 0).At(5, 1000);

        await FluentActions.Awaiting(() => ReadAsync(0)).Should().ThrowAsync<MetricSourceException>()
            .WithMessage($"*`time()`*clock says {_world.Since.AddSeconds(ahead):yyyy-MM-dd'T'HH:mm:ss}.000Z*this machine 2030-01-01T00:00:00.000Z*10 s*");
    }

    [Test]
    public async Task Read_ClockJumpsLater_IsNoticedWithinAMinute()
    {
        All().Each(-5, 205, 10, time => 100 + time);
        IMetricFeed feed = _world.Open(Metric.ErrorRate);
        await _world.ReadAsync(feed, 10);
        _world.Prometheus.Ahead = TimeSpan.FromMinutes(5);

        await FluentActions.Awaiting(() => _world.ReadAsync(feed, 70)).Should().ThrowAsync<MetricSourceException>().WithMessage("*Set both by NTP*");
    }

    private static async Task<string[]> ChangingWorldAsync(double step)
    {
        var world = new World();
        FakeSeries Of(string selector, string instance) => world.Prometheus.Series(selector, $"\"code\":\"{selector}\",\"instance\":\"{instance}\"");
        Of("all", "restarts").Each(-7, 193, 10, time => (100 + time) % 90);
        Of("all", "leaves for a while").Each(-3, 67, 10, time => 10 + time).At(107, 200).At(117, 201).At(127, 201);
        Of("all", "is new").Each(51, 191, 10, time => time - 50);
        Of("bad", "is new").Each(81, 191, 10, time => (time - 71) / 10);
        IMetricFeed feed = world.Open(Metric.ErrorRate);
        IReadOnlyList<MetricSample> samples = await world.ReadAllAsync(feed, step, 199, step);
        return world.Ratios([.. samples, .. await world.ReadAsync(feed, 200)]);
    }
}
