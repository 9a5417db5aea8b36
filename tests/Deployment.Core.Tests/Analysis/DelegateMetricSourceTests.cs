using Deployment.Analysis;
using Deployment.Flags;
using Deployment.Releases;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class DelegateMetricSourceTests
{
    private static readonly MetricSubject Subject = new("production", "web", new RevisionId("shop", "1.1.0", 1));

    [Test]
    public async Task Read_StretchesFollowEachOtherWithoutAGap_AndNoneIsLostByAnException()
    {
        var clock = new ManualClock();
        DateTimeOffset since = clock.GetUtcNow();
        List<(double From, double Until)> stretches = [];
        bool broken = false;
        IMetricFeed feed = new DelegateMetricSource("ours", clock).Add(Metric.RequestRate, (_, from, until, _) =>
        {
            stretches.Add(((from - since).TotalSeconds, (until - since).TotalSeconds));
            return broken ? throw new IOException("refused") : Task.FromResult<IReadOnlyList<MetricSample>>([MetricSample.Counted(from, until, 1)]);
        }).Open(Metric.RequestRate, Subject, since);

        clock.Advance(TimeSpan.FromSeconds(2));
        await feed.ReadAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(3));
        broken = true;
        await feed.Awaiting(one => one.ReadAsync(CancellationToken.None)).Should().ThrowAsync<IOException>();
        clock.Advance(TimeSpan.FromSeconds(1));
        broken = false;
        IReadOnlyList<MetricSample> samples = await feed.ReadAsync(CancellationToken.None);

        stretches.Should().Equal((0, 2), (2, 5), (2, 6));
        samples.Should().ContainSingle().Which.Should().Be(MetricSample.Counted(since + TimeSpan.FromSeconds(2), since + TimeSpan.FromSeconds(6), 1));
    }

    [Test]
    public async Task Read_NullWasReturned_IsAnErrorThatNamesTheSource()
    {
        IMetricFeed feed = new DelegateMetricSource("ours").Add(Metric.RequestRate, (_, _, _, _) => Task.FromResult<IReadOnlyList<MetricSample>>(null!)).Open(Metric.RequestRate, Subject, default);

        (await feed.Awaiting(one => one.ReadAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>())
            .WithMessage("ours was asked `request rate of shop_1.1.0_1 on web`. It returned null*");
    }

    [Test]
    public async Task Open_TwoSubjects_EachHasItsOwnStretches()
    {
        var clock = new ManualClock();
        DateTimeOffset since = clock.GetUtcNow();
        List<(MetricSubject Subject, DateTimeOffset From)> asked = [];
        DelegateMetricSource source = new DelegateMetricSource("ours", clock).Add(Metric.RequestRate, (subject, from, _, _) =>
        {
            asked.Add((subject, from));
            return Task.FromResult<IReadOnlyList<MetricSample>>([]);
        });
        MetricSubject baseline = Subject with { Cohort = new FlagCohort("checkout", "10%"), HasFlag = false };
        clock.Advance(TimeSpan.FromSeconds(1));

        await source.Open(Metric.RequestRate, Subject, since).ReadAsync(CancellationToken.None);
        await source.Open(Metric.RequestRate, baseline, since).ReadAsync(CancellationToken.None);

        asked.Should().Equal((Subject, since), (baseline, since));
    }

    [Test]
    public void Measures_WhatWasAdded_ByName()
    {
        DelegateMetricSource source = new DelegateMetricSource("ours").Add(Metric.LatencyP95, (_, _, _, _) => Task.FromResult<IReadOnlyList<MetricSample>>([]));

        source.Measures(Metric.LatencyP95, Subject).Should().BeTrue();
        source.Measures(Metric.LatencyP95 with { CountsInWarmUp = true }, Subject).Should().BeTrue("when it counts doesn't change what it is");
        source.Measures(Metric.LatencyP99, Subject).Should().BeFalse();
        source.Invoking(one => one.Add(Metric.Latency(0.95), (_, _, _, _) => Task.FromResult<IReadOnlyList<MetricSample>>([])))
            .Should().Throw<DeploymentException>().WithMessage("ours has two readers of 'latency p95'. Add one.");
    }

    [Test]
    public void Make_WithoutAName_IsRefused() => FluentActions.Invoking(() => new DelegateMetricSource("\n")).Should().Throw<DeploymentException>();
}
