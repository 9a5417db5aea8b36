using Deployment.Analysis;
using Deployment.Providers.Local.Tests.Support;

namespace Deployment.Providers.Local.Tests;

/// <summary>What is made of a router's history, by routers whose counters and clocks the test sets.</summary>
[Category("Local")]
public sealed class LocalMetricFeedTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    private string _socket = "";
    private HistoryServer _server = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _socket = Path.Combine(Directory.CreateTempSubdirectory("dh-").FullName, "s");
        _server = await HistoryServer.StartAsync(_socket);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_socket)!, recursive: true);
    }

    [Test]
    public async Task Read_ManyTimes_CountsEverythingOnce()
    {
        using CountedRouter router = Serving(0);
        LocalMetricFeed errors = Feed(Metric.ErrorRate), rate = Feed(Metric.RequestRate), latency = Feed(Metric.LatencyP95);
        List<MetricSample> allErrors = [], allRequests = [], allLatencies = [];
        for (int look = 1; look <= 30; look++)
        {
            router["v1"] = (look * 7, look * 2);
            router.Advance(0.7);
            allErrors.AddRange(await ReadAsync(errors));
            allRequests.AddRange(await ReadAsync(rate));
            allLatencies.AddRange(await ReadAsync(latency));
        }

        // The last look's counters are of 21.0 s, and are noted.
        (Sum(allErrors), allErrors.Sum(sample => sample.Bad)).Should().Be((210, 60));
        Sum(allRequests).Should().Be(210);
        MetricHistogram all = new MetricSeries(Metric.LatencyP95, allLatencies).Histogram!;
        (all.Counts[0], all.Counts[^1], all.Events).Should().Be((150, 60, 210));
        allErrors.Should().HaveCount(21).And.OnlyContain(sample => sample.At - sample.From == TimeSpan.FromSeconds(1));
        allErrors.Zip(allErrors.Skip(1)).Should().OnlyContain(pair => pair.First.At == pair.Second.From, "no time is left out or told of twice");
    }

    [Test]
    public async Task Read_NothingOfBeforeTheMomentCounts()
    {
        using CountedRouter router = Serving(0);
        router["v1"] = (1000, 1000);
        router.Advance(3);
        LocalMetricFeed feed = Feed(Metric.ErrorRate, since: 2.5);
        router["v1"] = (1004, 1000);
        router.Advance(1);
        router["v1"] = (1010, 1001);
        router.Advance(1);

        IReadOnlyList<MetricSample> samples = await ReadAsync(feed);

        samples.Should().Equal(MetricSample.Ratio(At(3), At(4), 0, 4), MetricSample.Ratio(At(4), At(5), 1, 6));
    }

    [Test]
    public async Task Read_ActiveConnections_AreLevels()
    {
        using CountedRouter router = Serving(0);
        router["v1"] = (5, 0);
        router.Advance(2);

        (await ReadAsync(Feed(Metric.ActiveConnections))).Should().Equal(MetricSample.Level(At(1), 5), MetricSample.Level(At(2), 5));
    }

    [TestCase(3)]
    [TestCase(500)]
    public async Task Read_TheRouterWasStartedAnew_GoesOnFromZero(int requests)
    {
        LocalMetricFeed feed = Feed(Metric.ErrorRate);
        using CountedRouter first = Serving(0);
        first["v1"] = (100, 50);
        first.Advance(10);
        List<MetricSample> all = [.. await ReadAsync(feed)];
        using CountedRouter second = Serving(12);
        second["v1"] = (requests, 1);
        second.Advance(1);

        all.AddRange(await ReadAsync(feed));

        (Sum(all), all.Sum(sample => sample.Bad)).Should().Be((100 + requests, 51), "however much the second one has counted by then");
        all[^1].From.Should().Be(At(12));
        all.Should().OnlyContain(sample => sample.Problem(Metric.ErrorRate) == null);
    }

    // A successor takes requests while the one before it still tells of its own.
    [Test]
    public async Task Read_TheRouterWasRenewed_WhatBothCountedAtOneTimeCounts()
    {
        LocalMetricFeed feed = Feed(Metric.ErrorRate);
        using CountedRouter first = Serving(0);
        using var second = new CountedRouter(At(8.5), "v1");
        second["v1"] = (30, 3);
        second.Advance(1);
        first["v1"] = (100, 50);
        first.Advance(10);
        List<MetricSample> all = [.. await ReadAsync(feed)];
        _server.Router = second;
        all.AddRange(await ReadAsync(feed));
        second["v1"] = (40, 3);
        second.Advance(2);
        all.AddRange(await ReadAsync(feed));

        (Sum(all), all.Sum(sample => sample.Bad)).Should().Be((140, 53));
        all.Select(sample => sample.At).Should().BeInAscendingOrder("a watch refuses what is older than what came before");
    }

    [Test]
    public async Task Read_TheClockWasSetBack_NeitherLosesNorRepeats()
    {
        LocalMetricFeed feed = Feed(Metric.ErrorRate);
        using CountedRouter router = Serving(0);
        router["v1"] = (100, 0);
        router.Advance(10);
        List<MetricSample> all = [.. await ReadAsync(feed)];
        router.SetClock(TimeSpan.FromSeconds(-3));
        router.Advance(1);
        all.AddRange(await ReadAsync(feed));
        router["v1"] = (120, 5);
        for (int second = 0; second < 4; second++)
        {
            router.Advance(1);
            all.AddRange(await ReadAsync(feed));
        }

        (Sum(all), all.Sum(sample => sample.Bad)).Should().Be((120, 5));
        all.Select(sample => sample.At).Should().BeInAscendingOrder();
    }

    [Test]
    public async Task Read_ARevisionWithoutTraffic_IsAnErrorThatNamesIt()
    {
        using CountedRouter router = Serving(0);

        await RefusedAsync(new LocalMetricFeed(Metric.ErrorRate, "The router of port 80", _socket, "t", "v9", Begin), "The router of port 80 was asked `/history?target=t&revision=v9&since=*`. Its router doesn't answer, or counts nothing of v9: it takes no traffic.");
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Read_TheRouterHangs_IsAnErrorThatNamesIt(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        await RefusedAsync(Feed(Metric.ErrorRate), "The router of port 80 was asked *doesn't answer*");
    }

    [Test]
    public async Task Read_NoRouter_IsAnError() =>
        await RefusedAsync(new LocalMetricFeed(Metric.ErrorRate, "The router of port 80", _socket + "2", "t", "v1", Begin), "The router of port 80 was asked *doesn't answer*");

    private static DateTimeOffset At(double second) => Begin + TimeSpan.FromSeconds(second);

    private static double? Sum(IEnumerable<MetricSample> samples) => samples.Sum(sample => sample.Events);

    private static Task<IReadOnlyList<MetricSample>> ReadAsync(LocalMetricFeed feed) => feed.ReadAsync(CancellationToken.None);

    private static async Task RefusedAsync(LocalMetricFeed feed, string message) =>
        (await feed.Awaiting(ReadAsync).Should().ThrowAsync<MetricSourceException>()).WithMessage(message);

    private CountedRouter Serving(double begin) => _server.Router = new CountedRouter(At(begin), "v1");

    private LocalMetricFeed Feed(Metric metric, double since = 0) => new(metric, "The router of port 80", _socket, "t", "v1", At(since));
}
