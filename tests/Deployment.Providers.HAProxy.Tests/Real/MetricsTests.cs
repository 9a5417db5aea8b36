using Deployment.Analysis;
using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Releases;

namespace Deployment.Providers.HAProxy.Tests.Real;

[Category("HAProxy")]
public sealed class MetricsTests
{
    private static readonly RevisionId _old = World.Revision("1.0.0");
    private static readonly RevisionId _new = World.Revision("1.1.0");
    private World _world = null!;

    private IMetricSource Source => _world.Router;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync(options => options.TesterHeader = "X-Tester");

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Counters_KnownRequests_AreThoseOfEachRevision()
    {
        await _world.ApplyAsync(World.Routed("1.0.0", 100, await _world.RunAsync("1.0.0", 2)), World.Routed("1.1.0", 0, await _world.RunAsync("1.1.0")));
        await SendAsync(_old, 7);
        IMetricFeed[] feeds = [Open(Metric.ErrorRate, _old), Open(Metric.ErrorRate, _new), Open(Metric.RequestRate, _new)];
        foreach (IMetricFeed feed in feeds)
        {
            (await feed.ReadAsync(CancellationToken.None)).Should().BeEmpty("what was counted before says nothing");
        }

        await SendAsync(_old, 30);
        await SendAsync(_old, 4, "status/500");
        await SendAsync(_new, 10);
        await SendAsync(_new, 5, "status/404");
        await SendAsync(_new, 3, "status/503");

        MetricSample old = await OneAsync(feeds[0]);
        (old.Bad, old.Events).Should().Be((4, 34));
        MetricSample fresh = await OneAsync(feeds[1]);
        (fresh.Bad, fresh.Events).Should().Be((3, 18));
        fresh.From.Should().BeBefore(fresh.At);
        (await OneAsync(feeds[2])).Events.Should().Be(18);
        (await OneAsync(feeds[0])).Events.Should().Be(0, "nothing is counted twice");
    }

    [Test]
    public async Task Latency_KnownDelays_LieInTheirBuckets()
    {
        await _world.ApplyAsync(World.Routed("1.0.0", 100, await _world.RunAsync("1.0.0")));
        IMetricFeed feed = Open(Metric.LatencyP95, _old);
        await feed.ReadAsync(CancellationToken.None);
        await SendAsync(_old, 1);

        await SendAsync(_old, 40, "ms/100");
        await SendAsync(_old, 10, "ms/400");

        MetricHistogram histogram = (await OneAsync(feed)).Histogram!;
        histogram.Events.Should().Be(51);
        histogram.Quantile(0.5).Should().BeInRange(0.095, 0.150);
        histogram.Quantile(0.95).Should().BeInRange(0.38, 0.52);
        histogram.Above(0.38).Should().Be(10);
        histogram.Above(0.09).Should().BeGreaterThanOrEqualTo(50);
    }

    [Test]
    public async Task ActiveConnections_RequestsAtTheGate_AreCounted()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        IMetricFeed feed = Open(Metric.ActiveConnections, _old);
        Task<string>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => _world.TextAsync("gate"))];
        await Until.TrueAsync(() => old[0].Gated == 3, "they are at the gate");

        (await OneAsync(feed)).Value.Should().Be(3);

        old[0].Open();
        await Task.WhenAll(waiting);
        await Until.TrueAsync(async () => (await OneAsync(feed)).Value == 0, "none is left");
    }

    [Test]
    public async Task ErrorRate_NoInstanceAnswers_CountsHAProxysOwnErrors()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        IMetricFeed feed = Open(Metric.ErrorRate, _old);
        await feed.ReadAsync(CancellationToken.None);
        await old[0].DisposeAsync();

        for (int i = 0; i < 5; i++)
        {
            (await _world.TextAsync()).Should().Be("503");
        }

        MetricSample sample = await OneAsync(feed);
        (sample.Bad, sample.Events).Should().Be((5, 5));
    }

    [Test]
    public async Task Read_ReloadInBetween_CutsTheSample()
    {
        await _world.ApplyAsync(World.Routed("1.0.0", 100, await _world.RunAsync("1.0.0")));
        IMetricFeed[] feeds = [Open(Metric.ErrorRate, _old), Open(Metric.LatencyP99, _old)];
        foreach (IMetricFeed feed in feeds)
        {
            await feed.ReadAsync(CancellationToken.None);
        }

        await SendAsync(_old, 5);
        await _world.Proxy.ReloadAsync();
        // More than before: the numbers alone would look as if they had gone on.
        await SendAsync(_old, 20);

        foreach (IMetricFeed feed in feeds)
        {
            (await feed.ReadAsync(CancellationToken.None)).Should().BeEmpty();
            await SendAsync(_old, 6);
            (await OneAsync(feed)).Events.Should().Be(6);
        }
    }

    [Test]
    public async Task Read_LaneOfAnotherRevision_BeginsAnew()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        IMetricFeed feed = Open(Metric.ErrorRate, _old);
        await feed.ReadAsync(CancellationToken.None);
        await _world.ApplyAsync(World.Routed("1.1.0", 100, fresh));
        await FluentActions.Awaiting(() => feed.ReadAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>().WithMessage("*doesn't route shop_1.0.0_1*");
        await SendAsync(_new, 9, "status/500");

        // The same lane, whose counters have the errors of the other one.
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        await _world.ApplyAsync(World.Routed("1.1.0", 100, fresh));
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));

        (await feed.ReadAsync(CancellationToken.None)).Should().BeEmpty();
        await SendAsync(_old, 4);
        MetricSample sample = await OneAsync(feed);
        (sample.Bad, sample.Events).Should().Be((0, 4));
    }

    [Test]
    public async Task Probe_Stopped_SaysThatItCantBeReached()
    {
        await Source.ProbeAsync(CancellationToken.None);
        await _world.Proxy.StopAsync();

        await FluentActions.Awaiting(() => Source.ProbeAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>().WithMessage("*can't be reached*");
    }

    [Test]
    public void Measures_WhatHAProxyCounts_AndNothingElse()
    {
        var subject = new MetricSubject("production", "shop", _new);
        new[] { Metric.ErrorRate, Metric.RequestRate, Metric.ActiveConnections, Metric.LatencyP50, Metric.LatencyP99, Metric.Latency(0.9) }.Should().OnlyContain(metric => Source.Measures(metric, subject));
        new[] { Metric.Cpu, Metric.Restarts, Metric.Throughput }.Should().NotContain(metric => Source.Measures(metric, subject));
        Source.Remembers(Metric.ErrorRate, subject).Should().BeFalse();
    }

    private IMetricFeed Open(Metric metric, RevisionId revision) => Source.Open(metric, new MetricSubject("production", "shop", revision), DateTimeOffset.UnixEpoch);

    private static async Task<MetricSample> OneAsync(IMetricFeed feed) => (await feed.ReadAsync(CancellationToken.None)).Should().ContainSingle().Subject;

    private Task SendAsync(RevisionId revision, int requests, string path = "") =>
        Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) => await _world.TextAsync(path, null, ("X-Tester", revision.ToString())));
}
