using System.Xml.Linq;
using Deployment.Analysis;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Reports.Charts;
using Deployment.Runbooks;

namespace Deployment.Tests.Reports.Charts;

/// <summary>Records of watches for pictures, and what is to be seen in a picture.</summary>
internal static class Drawn
{
    internal static readonly DateTimeOffset Shift = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    internal static WatchRecord Watch(WatchSeries candidate, WatchSeries? baseline = null, double? limit = null, int seconds = 60, WatchOutcome outcome = WatchOutcome.RolledBack) => new()
    {
        Format = WatchRecord.CurrentFormat,
        Subject = new CheckSubject("web", RevisionId.Parse("shop_1.1.0_1"), RevisionId.Parse("shop_1.0.0_1")),
        Since = Shift,
        Until = Shift + TimeSpan.FromMinutes(5),
        WarmUp = TimeSpan.FromSeconds(30),
        Looks = [.. Enumerable.Range(0, seconds + 1).Select(second => At(second))],
        Series = baseline is null ? [candidate] : [candidate, baseline],
        Findings = [new WatchFinding { Rule = "it is above", Action = FailureAction.RollBack, Metrics = [candidate.Metric], Result = JudgementResult.Worse, Counts = true, Reason = "it is.", Threshold = limit }],
        Outcome = outcome,
        Verdict = "Fail: it is above: it is.",
    };

    internal static WatchSeries Series(Metric metric, IEnumerable<MetricSample> samples, WatchSide side = WatchSide.Candidate, bool isRecorded = false) => new()
    {
        Metric = metric.Name,
        Kind = metric.Kind,
        Unit = metric.Unit,
        Quantile = metric.Quantile,
        CountsInWarmUp = metric.CountsInWarmUp,
        Side = side,
        Subject = side == WatchSide.Candidate ? "shop_1.1.0_1 on web" : "shop_1.0.0_1 on web",
        Source = "fake metrics",
        Query = metric.Name,
        Samples = [.. samples.Select(sample => new SeenSample(sample.At, sample))],
        Problems = [],
        IsRecorded = isRecorded,
    };

    internal static DateTimeOffset At(double seconds) => Shift + TimeSpan.FromSeconds(seconds);

    /// <summary>One sample each second.</summary>
    internal static IEnumerable<MetricSample> Levels(int count, Func<int, double> value) => Enumerable.Range(1, count).Select(second => MetricSample.Level(At(second), value(second)));

    internal static IEnumerable<MetricSample> Ratios(int count, Func<int, double> bad, double events = 20) =>
        Enumerable.Range(1, count).Select(second => MetricSample.Ratio(At(second - 1), At(second), Math.Round(events * bad(second)), events));

    internal static XElement Picture(WatchRecord record)
    {
        string svg = MetricChart.Draw(record, record.Series[0].Metric);
        System.Text.Encoding.UTF8.GetByteCount(svg).Should().BeLessThan(20_000);
        XElement picture = XDocument.Parse(svg).Root!;
        picture.Descendants().Attributes().Should().NotContain(attribute => attribute.Value.Contains("NaN", StringComparison.Ordinal) || attribute.Value.Contains('∞') || attribute.Value.Contains("Infinity", StringComparison.Ordinal));
        return picture;
    }

    internal static string[] Texts(this XElement picture) => [.. picture.Elements().Where(element => element.Name.LocalName == "text").Select(text => text.Value)];

    /// <summary>The points of a line, piece by piece.</summary>
    internal static (double X, double Y)[][] Line(this XElement picture, string style) =>
    [
        .. picture.Elements().Where(element => (string?)element.Attribute("class") == style && element.Attribute("d")!.Value.Contains('L', StringComparison.Ordinal))
            .SelectMany(path => path.Attribute("d")!.Value.Split('M', StringSplitOptions.RemoveEmptyEntries))
            .Select(piece => piece.Split('L').Select(point => point.Split(',')).Select(point => (double.Parse(point[0], System.Globalization.CultureInfo.InvariantCulture), double.Parse(point[1], System.Globalization.CultureInfo.InvariantCulture))).ToArray()),
    ];
}
