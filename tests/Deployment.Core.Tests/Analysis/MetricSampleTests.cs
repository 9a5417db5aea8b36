using System.Globalization;
using Deployment.Analysis;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class MetricSampleTests
{
    private static readonly DateTimeOffset Ten = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Ten + TimeSpan.FromSeconds(1);
    private static readonly Metric Count = Metric.Increase("unread");

    [SetUp]
    public void SpeakWithCommas() => CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };

    [TearDown]
    public void SpeakAsBefore() => CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

    private static IEnumerable<TestCaseData> Impossible()
    {
        TestCaseData Case(Metric metric, MetricSample sample, string problem) => new TestCaseData(metric, sample, problem).SetArgDisplayNames($"{metric.Kind}: {problem}");
        var none = new MetricSample { From = Ten, At = Later };
        yield return Case(Metric.ErrorRate, none, "a sample has nothing that makes a ratio");
        yield return Case(Metric.ErrorRate, MetricSample.Counted(Ten, Later, 7), "a sample has nothing that makes a ratio");
        yield return Case(Metric.ErrorRate, none with { Bad = 1 }, "a sample has nothing that makes a ratio");
        yield return Case(Metric.LatencyP95, MetricSample.Counted(Ten, Later, 7), "a sample has nothing that makes a distribution");
        yield return Case(Metric.RequestRate, none, "a sample has nothing that makes a rate");
        yield return Case(Count, none, "a sample has nothing that makes an increase");
        yield return Case(Metric.Cpu, MetricSample.Counted(Ten, Later, 7), "a sample has nothing that makes a level");
        yield return Case(Metric.Cpu, MetricSample.Level(Ten, double.NaN), "a sample is NaN");
        yield return Case(Metric.Cpu, MetricSample.Level(Ten, double.NegativeInfinity), "a sample is -Infinity");
        yield return Case(Metric.ErrorRate, MetricSample.Ratio(Ten, Later, 0, double.PositiveInfinity), "a sample is Infinity");
        yield return Case(Metric.ErrorRate, MetricSample.Ratio(Ten, Later, 2, 1), "a sample has 2 bad ones of 1");
        yield return Case(Metric.ErrorRate, MetricSample.Ratio(Ten, Later, -0.5, 1), "a sample has -0.5 bad ones of 1");
        yield return Case(Metric.RequestRate, MetricSample.Counted(Ten, Later, -1), "a sample has -1 events");
        yield return Case(Metric.RequestRate, MetricSample.Counted(Later, Ten, 1), "a sample ends before it begins");
    }

    [TestCaseSource(nameof(Impossible))]
    public void Problem_OfWhatCannotBe_SaysIt(Metric metric, MetricSample sample, string problem) => sample.Problem(metric).Should().Be(problem);

    private static IEnumerable<TestCaseData> Possible()
    {
        yield return new TestCaseData(Metric.ErrorRate, MetricSample.Ratio(Ten, Later, 0, 0));
        yield return new TestCaseData(Metric.ErrorRate, MetricSample.Ratio(Ten, Later, 5, 5));
        yield return new TestCaseData(Metric.ErrorRate, MetricSample.Figure(Ten, Later, 0.5));
        yield return new TestCaseData(Metric.LatencyP95, MetricSample.Figure(Ten, Later, 0.5, 20));
        yield return new TestCaseData(Metric.LatencyP95, MetricSample.Distribution(Ten, Later, new MetricHistogram([1], [1, 0])));
        yield return new TestCaseData(Metric.RequestRate, MetricSample.Counted(Ten, Later, 0));
        yield return new TestCaseData(Metric.RequestRate, MetricSample.Figure(Ten, Later, 12));
        yield return new TestCaseData(Count, MetricSample.Counted(Ten, Ten, 1));
        yield return new TestCaseData(Metric.Cpu, MetricSample.Level(Ten, -1));
    }

    [TestCaseSource(nameof(Possible))]
    public void Problem_OfWhatCanBe_IsNone(Metric metric, MetricSample sample) => sample.Problem(metric).Should().BeNull();

    [Test]
    public void Distribution_HasTheEventsOfItsHistogram() =>
        MetricSample.Distribution(Ten, Later, new MetricHistogram([1, 2], [1, 2, 4])).Events.Should().Be(7);
}
