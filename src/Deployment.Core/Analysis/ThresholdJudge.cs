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
        ThresholdComparison.AboveBaselineByDifference => $"{_metric} is more than {Text(_by)} above the baseline",
        ThresholdComparison.BelowBaselineByShare => $"{_metric} is more than {Percent} below the baseline",
        _ => $"{_metric} is more than {Text(_by)} below the baseline",
    };

    private string Percent => string.Create(CultureInfo.InvariantCulture, $"{_by * 100:0.###}%");

    /// <summary>What was counted in ten minutes is no measure for what was in one: increases are compared with a baseline's by what comes each second.</summary>
    internal bool IsPerSecond => NeedsBaseline && _metric.Kind == MetricKind.Increase;

    /// <summary>One of its values, for people.</summary>
    internal string Text(double value) => !IsPerSecond ? _metric.Text(value)
        : double.IsFinite(value) ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, 6):0.######}/s")
        : "no value";

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
        if (Unresolved(candidate.Within, NeedsBaseline ? baseline.Within : null, limit, isWorse) is { } why)
        {
            return new Judgement(JudgementResult.InsufficientData, why)
            {
                Size = candidate.Size,
                BaselineSize = NeedsBaseline ? baseline.Size : null,
            };
        }

        string compared = NeedsBaseline ? $"; the baseline's is {Text(before)}, so that the limit is {Text(limit)}" : $"; the limit is {Text(limit)}";
        return new Judgement(isWorse ? JudgementResult.Worse : JudgementResult.Well, $"{_metric} is {Text(value)}{compared}.")
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

    private bool IsBeyond(double value, double limit, double before) => (IsBelow ? limit - value : value - limit) > Rounding * Math.Max(Math.Abs(value), Math.Abs(before));

    /// <summary>
    /// Why the buckets can't tell whether it is worse; null where they can. A quantile lies somewhere in its bucket, and above the highest bound anywhere.
    /// Two quantiles of one bucket may differ by its whole width.
    /// </summary>
    private string? Unresolved((double Lower, double Upper)? candidate, (double Lower, double Upper)? baseline, double limit, bool isWorse)
    {
        // However far it is above all bounds, it is above a limit that lies below them.
        bool isAboveForCertain = isWorse != IsBelow && baseline is not { Upper: double.PositiveInfinity };
        if (candidate is { Upper: double.PositiveInfinity } above && !isAboveForCertain)
        {
            return $"{_metric} is above {Text(above.Lower)}, the highest bound of its buckets, and how far can't be told{(NeedsBaseline ? "" : $"; the limit is {Text(limit)}")}. Measure in buckets that go higher.";
        }

        if (baseline is { Upper: double.PositiveInfinity } before && candidate is { } known && known.Upper > Limit(before.Lower))
        {
            return $"{_metric} of the baseline is above {Text(before.Lower)}, the highest bound of its buckets, and how far can't be told. Measure in buckets that go higher.";
        }

        // Both ends of one bucket beside each other are the most by which they can differ.
        return baseline is { } one && candidate == one && (IsBelow ? IsBeyond(one.Lower, Limit(one.Upper), one.Upper) : IsBeyond(one.Upper, Limit(one.Lower), one.Lower))
            ? $"{_metric} and the baseline's both lie between {Text(one.Lower)} and {Text(one.Upper)}, in one bucket, where the difference that the rule asks for doesn't show. Measure in finer buckets."
            : null;
    }

    private double Limit(double before) => _comparison switch
    {
        ThresholdComparison.AboveBaselineByShare => before + (Math.Abs(before) * _by),
        ThresholdComparison.BelowBaselineByShare => before - (Math.Abs(before) * _by),
        ThresholdComparison.AboveBaselineByDifference => before + _by,
        ThresholdComparison.BelowBaselineByDifference => before - _by,
        _ => _by,
    };
}
