using Deployment.Analysis;
using Deployment.Releases;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class FakeMetricSourceTests
{
    private static readonly MetricSubject Subject = new("production", "web", new RevisionId("shop", "1.1.0", 1));
    private static readonly DateTimeOffset Since = new ManualClock().GetUtcNow();

    private ManualClock _clock = new();

    [SetUp]
    public void MakeClock() => _clock = new ManualClock();

    [TestCase(20, 0.05)]
    [TestCase(20, 0.01)]
    [TestCase(7, 0.3)]
    [TestCase(3, 1)]
    [TestCase(5, 0)]
    public async Task Ratio_OverTime_HasExactlyItsShare(double perSecond, double share)
    {
        IMetricFeed feed = Open(new FakeMetricSource(_clock).Ratio(Metric.ErrorRate, perSecond, (_, _) => share), Metric.ErrorRate);
        _clock.Advance(TimeSpan.FromSeconds(100));

        IReadOnlyList<MetricSample> samples = await feed.ReadAsync(CancellationToken.None);

        samples.Should().HaveCount(100).And.OnlyContain(sample => sample.Problem(Metric.ErrorRate) == null);
        var series = new MetricSeries(Metric.ErrorRate, samples);
        series.Events.Should().Be(100 * perSecond);
        series.Bad.Should().BeApproximately(100 * perSecond * share, 1);
    }

    [TestCase(0.1, 0.0987, 0.1077)]
    [TestCase(0.001, 0.0009, 0.001)]
    [TestCase(0, 0, 0)]
    [TestCase(1000, 131.072, 131.072)]
    public async Task Distribution_EachEventLiesInTheBucketOfItsSize(double size, double above, double atMost)
    {
        IMetricFeed feed = Open(new FakeMetricSource(_clock).Distribution(Metric.LatencyP95, 20, (_, _) => size), Metric.LatencyP95);
        _clock.Advance(TimeSpan.FromSeconds(2));

        MetricHistogram all = new MetricSeries(Metric.LatencyP95, await feed.ReadAsync(CancellationToken.None)).Histogram!;

        all.Events.Should().Be(40);
        all.Quantile(0.01).Should().BeInRange(above, atMost);
        all.Quantile(0.99).Should().BeInRange(above, atMost);
    }

    [Test]
    public async Task Read_BetweenSeconds_GivesEachSecondOnce()
    {
        IMetricFeed feed = Open(new FakeMetricSource(_clock).Level(Metric.Cpu, (_, at) => (at - Since).TotalSeconds), Metric.Cpu);
        List<double?> seen = [];
        for (int look = 0; look < 10; look++)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.7));
            seen.AddRange((await feed.ReadAsync(CancellationToken.None)).Select(sample => sample.Value));
        }

        seen.Should().Equal(1, 2, 3, 4, 5, 6, 7);
    }

    [Test]
    public async Task Before_Throws_TheTimeIsNotLost()
    {
        bool broken = true;
        FakeMetricSource source = new FakeMetricSource(_clock).Ratio(Metric.ErrorRate, 10, (_, _) => 0).Before((_, _, _) => broken ? throw new IOException("refused") : Task.CompletedTask);
        IMetricFeed feed = Open(source, Metric.ErrorRate);
        _clock.Advance(TimeSpan.FromSeconds(3));
        await feed.Awaiting(one => one.ReadAsync(CancellationToken.None)).Should().ThrowAsync<IOException>();
        broken = false;

        (await feed.ReadAsync(CancellationToken.None)).Should().HaveCount(3);
        (await feed.ReadAsync(CancellationToken.None)).Should().BeEmpty();
    }

    [Test]
    public void Measures_WhatWasSaid() => new FakeMetricSource(_clock).Level(Metric.Cpu, (_, _) => 0).Should().Match<FakeMetricSource>(source =>
        source.Measures(Metric.Cpu, Subject) && !source.Measures(Metric.Memory, Subject));

    private static IMetricFeed Open(FakeMetricSource source, Metric metric) => source.Open(metric, Subject, Since);
}
