using Deployment.Analysis.Comparison;

namespace Deployment.Analysis.Tests.Comparison;

[Category("Unit")]
public sealed class MetricPointsTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    [Test]
    public void Of_AKindOfMetric_IsItsValueOfEachPoint()
    {
        Points(Metric.ErrorRate, Windows.Ratios(30, i => i < 10 ? 1 : i < 20 ? 2 : 0, events: 20), 30).Should().Equal(0.05, 0.1, 0);
        Points(Metric.RequestRate, Windows.Many(20, 1, 0, (from, at, i) => MetricSample.Counted(from, at, i < 10 ? 3 : 5)), 20).Should().Equal(3, 5);
        Points(Metric.Cpu, Windows.Many(20, 1, 0, (_, at, i) => MetricSample.Level(at, i)), 20).Should().Equal(4.5, 14.5);
    }

    [Test]
    public void Of_PointsWithoutASample_AreMissingFromTheFirstOnThatHasOne()
    {
        MetricSample[] samples = [.. Windows.Ratios(60, _ => 1).Where((_, i) => i is >= 10 and < 20 or >= 30 and < 40)];

        Points(Metric.ErrorRate, samples, 60).Should().Equal(0.05, double.NaN, 0.05, double.NaN, double.NaN);
    }

    [Test]
    public void Of_SamplesLongerThanAPoint_MissNothing() =>
        Points(Metric.ErrorRate, Windows.Ratios(4, i => i, seconds: 25), 100).Should().Equal(0, 0.05, 0.1, 0.15);

    [Test]
    public void Of_WhatIsNotWholeOrLater_IsLeftOut()
    {
        Points(Metric.ErrorRate, Windows.Ratios(60, _ => 1), 39).Should().HaveCount(3);
        Points(Metric.ErrorRate, Windows.Ratios(60, _ => 1), 9).Should().BeEmpty();
        Points(Metric.ErrorRate, [], 60).Should().BeEmpty();
    }

    private static IReadOnlyList<double> Points(Metric metric, MetricSample[] samples, double end) =>
        MetricPoints.Of(new MetricSeries(metric, samples), Windows.Start, Windows.Start.AddSeconds(end), Ten);
}
