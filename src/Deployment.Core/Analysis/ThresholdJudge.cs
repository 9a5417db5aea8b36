using System.Globalization;

namespace Deployment.Analysis;

/// <summary>Compares a metric's value with a number, or with the baseline's value and a number.</summary>
internal sealed class ThresholdJudge : MetricJudge
{
    /// <summary>Of sums that should come out at the limit itself, such as 0.7 + 0.1 beside 0.8.</summary>
    private const double Rounding = 1e-12;

    private readonly Metric _metric;
    private readonly ThresholdComparison _comparison;
    private readonly double _by;

    internal ThresholdJudge(Metric metric, ThresholdComparison comparison, double by)
    {
        _metric = metric;
        _comparison = comparison;
        _by = by;
    }

    public override string Name => "threshold";

    public override IReadOnlyList<Metric> Metrics => [_metric];

    public override bool NeedsBaseline => _comparison is not (ThresholdComparison.Above or ThresholdComparison.Below);

    public override string Condition => _comparison switch
    {
        ThresholdComparison.Above => $"{_metric} is above {_metric.Text(_by)}",
        ThresholdComparison.Below => $"{_metric} is below {_metric.Text(_by)}",
        ThresholdComparison.AboveBaselineByShare => $"{_metric} is more than {Percent} above the baseline",
        ThresholdComparison.AboveBaselineByDifference => $"{_metric} is more than {Difference} above the baseline",
        ThresholdComparison.BelowBaselineByShare => $"{_metric} is more than {Percent} below the baseline",
        _ => $"{_metric} is more than {Difference} below the baseline",
    };

    /// <summary>Of a ratio in percentage points: 5% above 2% could be 2.1% as well.</summary>
    private string Difference => _metric.Unit == MetricUnit.Ratio && !IsPerSecond
        ? string.Create(CultureInfo.InvariantCulture, $"{_by * 100:0.###} percentage points")
        : Text(_by);

    private string Percent => string.Create(CultureInfo.InvariantCulture, $"{_by * 100:0.###}%");

    /// <summary>What was counted in ten minutes is no measure for what was in one: increases are compared with a baseline's by what comes each second.</summary>
    internal bool IsPerSecond => NeedsBaseline && _metric.Kind == MetricKind.Increase;

    /// <summary>One of its values, for people.</summary>
    internal string Text(double value) => !IsPerSecond ? _metric.Text(value)
        : double.IsFinite(value) ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, 6):0.######}/s")
        : "no value";

    /// <summary>A ratio with what it was counted from, so that a reader sees how much it says.</summary>
    private string Counted(double value, MetricSeries series) => _metric.Kind == MetricKind.Ratio && series is { Bad: { } bad, Events: { } events }
        ? string.Create(CultureInfo.InvariantCulture, $"{Text(value)} ({bad:0.###} of {events:0.###})")
        : Text(value);

    public override Judgement Judge(MetricWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        MetricSeries candidate = window.CandidateOf(_metric);
        MetricSeries baseline = window.BaselineOf(_metric);
        double value = IsPerSecond ? candidate.PerSecond : candidate.Value;
        double before = !NeedsBaseline ? 0 : IsPerSecond ? baseline.PerSecond : baseline.Value;
        if (double.IsNaN(value) || double.IsNaN(before))
        {
            return new Judgement(JudgementResult.InsufficientData, $"{_metric} has no value{(double.IsNaN(value) ? "" : " on the baseline")} in this window.")
            {
                Size = candidate.Size,
                BaselineSize = NeedsBaseline ? baseline.Size : null,
            };
        }

        double limit = Limit(before);
        bool isWorse = IsBeyond(value, limit, before);
        string? unknown = Unresolved(candidate.Within, NeedsBaseline ? baseline.Within : null)
            ?? (isWorse && !IsSure(candidate, baseline, window.StandardErrors) ? $"{_metric} is {Counted(value, candidate)}, beyond {Text(limit)}, though by so few events it need not be: {candidate.Size:0}{(NeedsBaseline ? $" beside {baseline.Size:0}" : "")}." : null);
        if (unknown is not null)
        {
            return new Judgement(JudgementResult.InsufficientData, unknown)
            {
                Size = candidate.Size,
                BaselineSize = NeedsBaseline ? baseline.Size : null,
            };
        }

        string compared = NeedsBaseline ? $"; the baseline's is {Counted(before, baseline)}, so that the limit is {Text(limit)}" : $"; the limit is {Text(limit)}";
        return new Judgement(isWorse ? JudgementResult.Worse : JudgementResult.Well, $"{_metric} is {Counted(value, candidate)}{compared}.")
        {
            Value = value,
            BaselineValue = NeedsBaseline ? before : null,
            Threshold = limit,
            Effect = NeedsBaseline ? value - before : null,
            Size = candidate.Size,
            BaselineSize = NeedsBaseline ? baseline.Size : null,
        };
    }

    private bool IsBelow => _comparison is ThresholdComparison.Below or ThresholdComparison.BelowBaselineByShare or ThresholdComparison.BelowBaselineByDifference;

    private bool IsBeyond(double value, double limit, double before)
    {
        double beyond = IsBelow ? limit - value : value - limit;
        return double.IsInfinity(beyond) ? beyond > 0 : beyond > Rounding * Math.Max(Math.Abs(value), Math.Abs(before));
    }

    /// <summary>Why the buckets can't tell whether it is worse; null where they can. A quantile lies somewhere in its bucket, and above the highest bound anywhere.</summary>
    private string? Unresolved((double Lower, double Upper)? candidate, (double Lower, double Upper)? baseline)
    {
        if (candidate is { } own && baseline is { } other && (IsTooWide(own) || IsTooWide(other)) && IsBeyond(own, other, atWorst: true) != IsBeyond(own, other, atWorst: false))
        {
            return own == other
                ? $"{_metric} and the baseline's both lie {Between(own)}, in one bucket, where the difference that the rule asks for doesn't show. {Advice(own)}"
                : $"{_metric} lies {Between(own)} and the baseline's {Between(other)}, and in such buckets the difference that the rule asks for doesn't show. {Advice(double.IsPositiveInfinity(own.Upper) ? own : other)}";
        }

        // Beside a number only what lies above all bounds is unknown: in a bucket events are taken to lie evenly.
        return !NeedsBaseline && candidate is { Upper: double.PositiveInfinity } above && IsBeyond(above.Lower, _by, 0) == IsBelow
            ? $"{_metric} lies {Between(above)}; the limit is {Text(_by)}. {Advice(above)}"
            : null;
    }

    /// <summary>Whether within one bucket there may be the difference that the rule asks for.</summary>
    private bool IsTooWide((double Lower, double Upper) bucket) =>
        IsBelow ? IsBeyond(bucket.Lower, Limit(bucket.Upper), bucket.Upper) : IsBeyond(bucket.Upper, Limit(bucket.Lower), bucket.Lower);

    private bool IsBeyond((double Lower, double Upper) candidate, (double Lower, double Upper) baseline, bool atWorst) => IsBelow == atWorst
        ? IsBeyond(candidate.Lower, Limit(baseline.Upper), baseline.Lower)
        : IsBeyond(candidate.Upper, Limit(baseline.Lower), baseline.Lower);

    private string Between((double Lower, double Upper) bucket) => double.IsPositiveInfinity(bucket.Upper)
        ? $"above {Text(bucket.Lower)}, the highest bound of its buckets"
        : $"between {Text(bucket.Lower)} and {Text(bucket.Upper)}";

    private static string Advice((double Lower, double Upper) bucket) => double.IsPositiveInfinity(bucket.Upper) ? "Measure in buckets that go higher." : "Measure in finer buckets.";

    /// <summary>Whether it lies beyond the limit also at the ends of what so few events may mean, on both sides.</summary>
    private bool IsSure(MetricSeries candidate, MetricSeries baseline, double standardErrors)
    {
        double least = IsBelow ? candidate.Above(standardErrors) : candidate.Below(standardErrors);
        double before = !NeedsBaseline ? 0 : IsBelow ? baseline.Below(standardErrors) : baseline.Above(standardErrors);
        return standardErrors == 0 || IsPerSecond || IsBeyond(least, Limit(before), before);
    }

    private double Limit(double before) => _comparison switch
    {
        _ when double.IsInfinity(before) => before,
        ThresholdComparison.AboveBaselineByShare => before + (Math.Abs(before) * _by),
        ThresholdComparison.BelowBaselineByShare => before - (Math.Abs(before) * _by),
        ThresholdComparison.AboveBaselineByDifference => before + _by,
        ThresholdComparison.BelowBaselineByDifference => before - _by,
        _ => _by,
    };
}
