using Deployment.Analysis;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class MetricSeriesTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);
    private static readonly Metric Count = Metric.Increase("unread");

    [Test]
    public void Value_OfARatio_IsOfAllEvents_NotTheMeanOfShares()
    {
        MetricSeries series = Series(Metric.ErrorRate, MetricSample.Ratio(At(0), At(1), 1, 1), MetricSample.Ratio(At(1), At(2), 1, 99));

        series.Value.Should().Be(0.02);
        (series.Events, series.Bad, series.Size).Should().Be((100, 2, 100));
    }

    [Test]
    public void Value_OfARatioWithoutEvents_IsNone() => Series(Metric.ErrorRate, MetricSample.Ratio(At(0), At(1), 0, 0)).Value.Should().Be(double.NaN);

    [Test]
    public void Value_OfADistribution_IsTheQuantileOfAllEvents()
    {
        MetricSeries series = Series(
            Metric.LatencyP50,
            MetricSample.Distribution(At(0), At(1), new MetricHistogram([1, 2], [3, 0, 0])),
            MetricSample.Distribution(At(1), At(2), new MetricHistogram([1, 2], [0, 7, 0])));

        // The fifth of ten, the second of seven between 1 and 2.
        series.Value.Should().BeApproximately(1 + (2 / 7.0), 1e-12);
        series.Size.Should().Be(10);
    }

    [Test]
    public void Value_OfARate_IsByTheTimeThatWasMeasured()
    {
        MetricSeries series = Series(Metric.RequestRate, MetricSample.Counted(At(0), At(1), 10), MetricSample.Counted(At(5), At(8), 50));

        series.Value.Should().Be(15, "60 in 4 s: of what lies between nothing is known");
        series.Size.Should().Be(2);
        Series(Metric.RequestRate, MetricSample.Counted(At(1), At(1), 10)).Value.Should().Be(double.NaN, "of no time there is no rate");
    }

    [Test]
    public void Value_OfAnIncrease_IsAllOfIt()
    {
        Series(Count, MetricSample.Counted(At(0), At(1), 2), MetricSample.Counted(At(1), At(2), 3)).Value.Should().Be(5);
        Series(Count, MetricSample.Figure(At(0), At(1), 2), MetricSample.Figure(At(1), At(2), 3)).Value.Should().Be(5, "figures of an increase are increases too");
        Series(Count, MetricSample.Figure(At(0), At(5), 2), MetricSample.Figure(At(1), At(6), 3)).Value.Should().Be(double.NaN, "what both tell of would count twice");
    }

    [Test]
    public void Value_OfALevel_IsTheMean()
    {
        MetricSeries series = Series(Metric.Cpu, MetricSample.Level(At(0), 0.2), MetricSample.Level(At(1), 0.4));

        series.Value.Should().BeApproximately(0.3, 1e-12);
        series.Size.Should().Be(2);
        series.Events.Should().BeNull();
    }

    [Test]
    public void Value_OfFigures_IsWeightedByTheirEventsWhereAllKnowThem()
    {
        MetricSample few = MetricSample.Figure(At(0), At(1), 1, 10);
        MetricSample many = MetricSample.Figure(At(1), At(2), 0, 90);

        Series(Metric.ErrorRate, few, many).Value.Should().Be(0.1);
        Series(Metric.ErrorRate, few, many with { Events = null }).Value.Should().Be(0.5);
        Series(Metric.ErrorRate, few with { Events = 0 }, many with { Events = 0 }).Value.Should().Be(0.5, "no event weighs more than another");
        Series(Metric.ErrorRate, few, many with { Events = null }).Size.Should().Be(2);
    }

    [Test]
    public void Value_OfFiguresAndCounts_IsNone()
    {
        MetricSample figure = MetricSample.Figure(At(0), At(1), 0.5);

        Series(Metric.ErrorRate, figure, MetricSample.Ratio(At(1), At(2), 1, 10)).Value.Should().Be(double.NaN);
        Series(Metric.LatencyP95, figure, MetricSample.Distribution(At(1), At(2), new MetricHistogram([1], [1, 0]))).Value.Should().Be(double.NaN);
        Series(Metric.RequestRate, figure, MetricSample.Counted(At(1), At(2), 10)).Value.Should().Be(double.NaN);
        Series(Count, figure, MetricSample.Counted(At(1), At(2), 10)).Value.Should().Be(double.NaN);
    }

    [Test]
    public void Empty_HasNoValueAndNoEvents([Values] MetricKind kind)
    {
        MetricSeries series = Series(kind switch
        {
            MetricKind.Ratio => Metric.ErrorRate,
            MetricKind.Distribution => Metric.LatencyP95,
            MetricKind.Rate => Metric.RequestRate,
            MetricKind.Increase => Count,
            _ => Metric.Cpu,
        });

        series.Value.Should().Be(double.NaN);
        series.Size.Should().Be(0);
        series.Histogram.Should().BeNull();
    }

    [Test]
    public void PerSecond_OfWhatIsCovered()
    {
        Series(Count, MetricSample.Counted(At(0), At(4), 6), MetricSample.Counted(At(6), At(8), 3)).PerSecond.Should().Be(1.5, "9 in 6 s: the gap tells nothing");
        Series(Count, MetricSample.Counted(At(1), At(1), 6)).PerSecond.Should().Be(double.NaN, "a moment has no length");
    }

    private static DateTimeOffset At(int second) => Begin + TimeSpan.FromSeconds(second);

    private static MetricSeries Series(Metric metric, params MetricSample[] samples) => new(metric, samples);
}
