using System.Xml.Linq;
using Deployment.Analysis;
using Deployment.Reports.Charts;

namespace Deployment.Tests.Reports.Charts;

[Category("Unit")]
public sealed class MetricChartTests
{
    [Test]
    public void Draw_ErrorsOfBothSides_IsTheApprovedPicture()
    {
        WatchRecord record = Drawn.Watch(
            Drawn.Series(Metric.ErrorRate, Drawn.Ratios(20, second => second < 10 ? 0 : 0.05 * (second - 9))),
            Drawn.Series(Metric.ErrorRate, Drawn.Ratios(20, second => second % 5 == 0 ? 0.05 : 0), WatchSide.Baseline),
            limit: 0.10,
            seconds: 20);

        Approved.Verify("errors-of-both-sides.svg", MetricChart.Draw(record, "error rate"));
    }

    [Test]
    public void Draw_LatencyWithARecordedBaseline_IsTheApprovedPicture()
    {
        var bounds = Enumerable.Range(0, 8).Select(power => Math.Pow(2, power) / 100).ToArray();
        IEnumerable<MetricSample> Slow(int count, Func<int, int> bucket) => Enumerable.Range(1, count).Select(second =>
            MetricSample.Distribution(Drawn.At(second - 1), Drawn.At(second), new MetricHistogram([.. bounds], [.. Enumerable.Range(0, 9).Select(i => i == bucket(second) ? 20.0 : 0)])));
        WatchRecord record = Drawn.Watch(
            Drawn.Series(Metric.LatencyP95, Slow(90, second => second is > 40 and < 60 ? 5 : second < 20 ? 4 : 3).Where(sample => sample.At < Drawn.At(65) || sample.At > Drawn.At(75))),
            Drawn.Series(Metric.LatencyP95, Slow(30, _ => 3), WatchSide.Baseline, isRecorded: true),
            limit: 0.2,
            seconds: 90,
            WatchOutcome.Held);

        Approved.Verify("latency-with-a-recorded-baseline.svg", MetricChart.Draw(record, "latency p95"));
    }

    [Test]
    public void Draw_AnHourOfSeconds_IsSmallAndLosesNoPeak()
    {
        WatchRecord record = Drawn.Watch(Drawn.Series(Metric.Restarts, Enumerable.Range(1, 3600).Select(second => MetricSample.Counted(Drawn.At(second - 1), Drawn.At(second), second == 1800 ? 40 : 0))), seconds: 3600);

        (double X, double Y)[] line = Drawn.Picture(record).Line("candidate").Should().ContainSingle().Subject;

        line.Should().HaveCountLessThan(200);
        line.Min(point => point.Y).Should().Be(26, "40 restarts of one second are 40 restarts of their bucket");
        line.Count(point => point.Y < 118).Should().Be(1);
    }

    [Test]
    public void Draw_ABucket_IsTheRatioOfAllItsEvents()
    {
        // One bad request of one, and 99 good ones a second later: 1%, never the mean of 100% and 0%.
        WatchRecord record = Drawn.Watch(
            Drawn.Series(Metric.ErrorRate, Enumerable.Range(1, 360).Select(second => second % 2 == 1 ? MetricSample.Ratio(Drawn.At(second - 1), Drawn.At(second), 1, 1) : MetricSample.Ratio(Drawn.At(second - 1), Drawn.At(second), 0, 99))),
            seconds: 360);

        Drawn.Picture(record).Texts().Should().Contain("1%").And.NotContain("50%").And.NotContain("100%");
    }

    [Test]
    public void Draw_NothingWasMeasured_SaysSo()
    {
        XElement picture = Drawn.Picture(Drawn.Watch(Drawn.Series(Metric.ErrorRate, []), limit: 0.1, outcome: WatchOutcome.Held));

        picture.Texts().Should().Contain("no values of the candidate").And.Contain("held").And.Contain("limit 10%");
        picture.Line("candidate").Should().BeEmpty();
    }

    [Test]
    public void Draw_OneSample_IsADot()
    {
        XElement picture = Drawn.Picture(Drawn.Watch(Drawn.Series(Metric.Memory, Drawn.Levels(1, _ => 0.5))));

        picture.Elements().Should().ContainSingle(element => (string?)element.Attribute("class") == "candidate-dot");
        picture.Texts().Should().Contain("52.5%").And.Contain("47.5%");
    }

    [Test]
    public void Draw_NoSamplesForAWhile_LeavesAGap()
    {
        XElement picture = Drawn.Picture(Drawn.Watch(Drawn.Series(Metric.Memory, Drawn.Levels(60, second => second / 100.0).Where(sample => sample.At < Drawn.At(20) || sample.At > Drawn.At(40)))));

        (double X, double Y)[][] line = picture.Line("candidate");

        line.Should().HaveCount(2);
        (line[1][0].X - line[0][^1].X).Should().BeApproximately(344 * 22 / 60.0, 1, "22 of 60 seconds are without a sample");
    }

    [Test]
    public void Draw_SecondsWithoutRequests_LeaveAGap() =>
        Drawn.Picture(Drawn.Watch(Drawn.Series(Metric.ErrorRate, Enumerable.Range(1, 60).Select(second => MetricSample.Ratio(Drawn.At(second - 1), Drawn.At(second), 0, second is > 20 and < 40 ? 0 : 20)))))
            .Line("candidate").Should().HaveCount(2);

    [TestCase(0)]
    [TestCase(0.5)]
    [TestCase(-3)]
    [TestCase(1e-300)]
    [TestCase(double.Epsilon)]
    [TestCase(double.MaxValue)]
    [TestCase(double.MinValue)]
    public void Draw_OneValueAllTheTime_IsALevelLineInside(double value)
    {
        (double X, double Y)[] line = Drawn.Picture(Drawn.Watch(Drawn.Series(Metric.ActiveConnections, Drawn.Levels(60, _ => value)))).Line("candidate").Single();

        line.Select(point => point.Y).Distinct().Should().ContainSingle().Which.Should().BeInRange(26, 118);
    }

    [TestCase(double.MinValue, double.MaxValue)]
    [TestCase(0, 1e300)]
    [TestCase(-1e-300, 1e-300)]
    public void Draw_ValuesAtBothEnds_FillThePicture(double low, double high)
    {
        XElement picture = Drawn.Picture(Drawn.Watch(Drawn.Series(Metric.ActiveConnections, Drawn.Levels(60, second => second < 30 ? low : high))));

        picture.Line("candidate").Single().Select(point => point.Y).Distinct().Should().BeEquivalentTo([26, 118]);
        picture.Texts().Should().OnlyContain(text => text.Length <= 24, "a number of 300 digits is no label");
    }

    [Test]
    public void Draw_SumsThatAreTooLarge_AreGaps() =>
        Drawn.Picture(Drawn.Watch(Drawn.Series(Metric.Restarts, Enumerable.Range(1, 399).Select(second => MetricSample.Counted(Drawn.At(second - 1), Drawn.At(second), double.MaxValue))), seconds: 400))
            .Texts().Should().Contain("no values of the candidate");

    [Test]
    public void Draw_HistogramsOfOtherBuckets_AreAGap()
    {
        IEnumerable<MetricSample> samples = Enumerable.Range(1, 360).Select(second => MetricSample.Distribution(Drawn.At(second - 1), Drawn.At(second), new MetricHistogram([0.1, second < 180 ? 0.2 : 0.3], [1, 1, 0])));

        Drawn.Picture(Drawn.Watch(Drawn.Series(Metric.LatencyP95, samples), seconds: 360)).Line("candidate").Should().HaveCount(2);
    }

    [Test]
    public void Draw_SamplesFromBeforeTheShift_AreNotShown() =>
        Drawn.Picture(Drawn.Watch(Drawn.Series(Metric.ErrorRate, [MetricSample.Figure(Drawn.At(-300), Drawn.At(1), 0.9, 100), .. Drawn.Ratios(30, _ => 0.05).Skip(1)])))
            .Texts().Should().Contain("5%").And.NotContain("100%");

    private static IEnumerable<TestCaseData> HostileNames()
    {
        yield return new TestCaseData("<script>alert(1)</script>").SetArgDisplayNames("element");
        yield return new TestCaseData("\"/><image href=\"http://example.org/x\"/>").SetArgDisplayNames("end of an attribute");
        yield return new TestCaseData("]]>&amp;<!--").SetArgDisplayNames("markup");
        yield return new TestCaseData("\ud800 alone").SetArgDisplayNames("half a character");
        yield return new TestCaseData("\ufffe\uffff").SetArgDisplayNames("no characters");
        yield return new TestCaseData(string.Concat(Enumerable.Repeat("😀", 30))).SetArgDisplayNames("long, of pairs");
    }

    [TestCaseSource(nameof(HostileNames))]
    public void Draw_HostileName_IsOnlyText(string name)
    {
        WatchRecord record = Drawn.Watch(Drawn.Series(Metric.Level(name, MetricUnit.Count), Drawn.Levels(10, second => second))) with { Verdict = $"Fail: {name}\u0000\u001b[31m" };

        XElement picture = Drawn.Picture(record);

        picture.Descendants().Select(element => element.Name.LocalName).Distinct().Should().BeSubsetOf(["title", "desc", "style", "rect", "path", "text", "circle"]);
        picture.Descendants().Attributes().Should().NotContain(attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || attribute.Name.LocalName == "href");
        picture.Elements().First().Value.Should().StartWith(ChartText.Plain(name));
        picture.Texts().Should().OnlyContain(text => new System.Globalization.StringInfo(text).LengthInTextElements <= 26);
    }
}
