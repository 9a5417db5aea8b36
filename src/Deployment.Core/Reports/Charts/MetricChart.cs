using System.Xml.Linq;
using Deployment.Analysis;

namespace Deployment.Reports.Charts;

/// <summary>Draws one metric of a watch as a small picture that needs nothing beside it: candidate, baseline, limits, and the moment of the verdict.</summary>
internal sealed class MetricChart
{
    private const int LongestName = 24;
    private const int MostLimits = 3;

    private readonly WatchRecord _record;
    private readonly Metric _metric;
    private readonly WatchSeries? _candidate;
    private readonly WatchSeries? _baseline;
    private readonly IReadOnlyList<IReadOnlyList<ChartPoint>> _candidateLine;
    private readonly IReadOnlyList<IReadOnlyList<ChartPoint>> _baselineLine;
    private readonly double[] _limits;
    private readonly double? _recorded;
    private readonly ChartLayout _layout;

    private MetricChart(WatchRecord record, string metric)
    {
        _record = record;
        _candidate = record.Series.FirstOrDefault(series => series.Metric == metric && series.Side == WatchSide.Candidate);
        _baseline = record.Series.FirstOrDefault(series => series.Metric == metric && series.Side == WatchSide.Baseline);
        _metric = Metric.Of(_candidate ?? _baseline ?? throw new DeploymentException($"The watch has nothing of {metric}."));
        _candidateLine = _candidate is null ? [] : ChartLine.Of(_candidate, record.Since);
        _baselineLine = _baseline is null or { IsRecorded: true } ? [] : ChartLine.Of(_baseline, record.Since);
        _limits = [.. record.Findings.Where(finding => finding.Metrics is [var one] && one == metric).Select(finding => finding.Threshold).OfType<double>().Where(double.IsFinite).Distinct().Order().Take(MostLimits)];
        double recorded = _baseline is { IsRecorded: true } ? ChartLine.ValueOf(_metric, [.. _baseline.Samples.Select(seen => seen.Sample)]) : double.NaN;
        _recorded = double.IsFinite(recorded) ? recorded : null;
        _layout = Layout();
    }

    /// <summary>The metrics that a watch has pictures of.</summary>
    internal static IEnumerable<string> MetricsOf(WatchRecord record) => record.Series.Select(series => series.Metric).Distinct(StringComparer.Ordinal);

    /// <summary>The picture as SVG.</summary>
    /// <param name="record">The watch.</param>
    /// <param name="metric">The name of one of its metrics.</param>
    internal static string Draw(WatchRecord record, string metric) => new MetricChart(record, metric).Picture().ToString() + "\n";

    private IEnumerable<ChartPoint> CandidatePoints => _candidateLine.SelectMany(piece => piece);

    private IEnumerable<ChartPoint> BaselinePoints => _baselineLine.SelectMany(piece => piece);

    private DateTimeOffset Decided => _record.Looks[^1];

    private ChartLayout Layout()
    {
        DateTimeOffset until = CandidatePoints.Concat(BaselinePoints).Select(point => point.At).Append(Decided).Append(_record.Since + TimeSpan.FromSeconds(1)).Max();
        double[] values = [.. CandidatePoints.Concat(BaselinePoints).Select(point => point.Value), .. _limits, .. _recorded is { } level ? [level] : Array.Empty<double>()];
        return new ChartLayout(_record.Since, until, ChartScale.Of(_metric.Kind, values));
    }

    private XElement Picture()
    {
        var drawing = new ChartDrawing(_layout);
        drawing.Begin($"{_metric.Name}: {ChartText.Word(_record.Outcome)}", Description());
        if (_record.WarmUp > TimeSpan.Zero && _candidate is { CountsInWarmUp: false })
        {
            drawing.WarmUp(_record.Since + _record.WarmUp);
        }

        drawing.Axes(ChartText.Value(_metric, _layout.Scale.High), ChartText.Value(_metric, _layout.Scale.Low));
        foreach (double limit in _limits)
        {
            drawing.Limit(limit, $"limit {ChartText.Label(_metric, limit)}");
        }

        if (_recorded is { } recorded)
        {
            drawing.Level(recorded);
        }

        drawing.Line(_baselineLine, isCandidate: false);
        drawing.Line(_candidateLine, isCandidate: true);
        if (!CandidatePoints.Any())
        {
            drawing.Nothing("no values of the candidate");
        }

        drawing.Verdict(Decided, ChartText.Word(_record.Outcome));
        drawing.Legend(ChartText.Short(_metric.Name, LongestName), _baseline switch
        {
            null => null,
            { IsRecorded: true } => "baseline, recorded",
            _ => "baseline",
        });
        return drawing.Root;
    }

    private string Description()
    {
        string[] parts =
        [
            $"{_metric.Name} of {_record.Subject.Candidate} on {_record.Subject.Target} from {_record.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {_layout.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.",
            Words("The candidate", [.. CandidatePoints]),
            .. _recorded is { } recorded ? [$"The baseline, recorded before, is {ChartText.Value(_metric, recorded)}."]
                : _baseline is null ? Array.Empty<string>()
                : [Words("The baseline", [.. BaselinePoints])],
            .. _limits.Select(limit => $"The limit is {ChartText.Value(_metric, limit)}."),
            $"Verdict at {Decided.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {_record.Verdict}",
        ];
        return string.Join(' ', parts);
    }

    private string Words(string who, ChartPoint[] points) => points.Length == 0
        ? $"{who} has no values."
        : $"{who} goes from {ChartText.Value(_metric, points.Min(point => point.Value))} to {ChartText.Value(_metric, points.Max(point => point.Value))}, at last {ChartText.Value(_metric, points[^1].Value)}.";
}
