using System.Globalization;
using Deployment.Analysis.Statistics;

namespace Deployment.Analysis.Comparison;

/// <summary>
/// Compares a metric's values of candidate and baseline as Kayenta's judge (NetflixACAJudge-v1.0) does, so that somebody who comes from
/// Spinnaker gets the same verdicts.
/// </summary>
/// <remarks>
/// A metric is high when the whole confidence interval of the shift lies above the tolerated fraction of the estimated shift, and the
/// effect is as large as is asked for; low likewise. Kayenta adds random noise where each version has one value all over, since its
/// root finder needs it. Here the interval is exact, and needs none.
/// </remarks>
internal static class MetricClassifier
{
    /// <param name="rule">How the metric is judged.</param>
    /// <param name="candidate">The candidate's values, NaN where one is missing.</param>
    /// <param name="baseline">The baseline's values, likewise.</param>
    internal static MetricClassification Classify(ComparedMetric rule, IReadOnlyList<double> candidate, IReadOnlyList<double> baseline)
    {
        if (candidate.Any(double.IsInfinity) || baseline.Any(double.IsInfinity))
        {
            return Uncompared(rule, MetricLabel.Error, "A value is infinite.");
        }

        IReadOnlyList<double> ours = Prepare(rule, candidate);
        IReadOnlyList<double> theirs = Prepare(rule, baseline);
        return ours.Count == 0 || theirs.Count == 0 ? WithoutData(rule, ours.Count == 0 ? "candidate" : "baseline")
            : ours.Order().SequenceEqual(theirs.Order()) ? Uncompared(rule, MetricLabel.Pass, "Candidate and baseline have the same values.")
            : ours.Concat(theirs).Distinct().Count() == 1 ? Uncompared(rule, MetricLabel.Pass, "Candidate and baseline have one value all over.")
            : Compare(rule, ours, theirs);
    }

    private static IReadOnlyList<double> Prepare(ComparedMetric rule, IReadOnlyList<double> values)
    {
        IReadOnlyList<double> known = rule.MissingValues == MissingValues.Zero
            ? [.. values.Select(value => double.IsNaN(value) ? 0 : value)]
            : [.. values.Where(value => !double.IsNaN(value))];
        return rule.OutlierFactor is { } factor ? Outliers.Remove(known, factor) : known;
    }

    /// <summary>Where a missing value means that nothing happened, no values at all mean it too.</summary>
    private static MetricClassification WithoutData(ComparedMetric rule, string side) =>
        rule.MissingValues == MissingValues.Zero ? Uncompared(rule, MetricLabel.Pass, $"The {side} has no values, which means that nothing happened.")
        : rule.MustHaveData && !rule.IsCritical ? Uncompared(rule, MetricLabel.NoDataFails, $"The {side} has no values, and must have some.")
        : Uncompared(rule, MetricLabel.NoData, $"The {side} has no values.") with { FailsRelease = rule.IsCritical };

    private static MetricClassification Compare(ComparedMetric rule, IReadOnlyList<double> candidate, IReadOnlyList<double> baseline)
    {
        MannWhitneyResult test = MannWhitney.Test(candidate, baseline, rule.Confidence);
        double size = EffectSize.Of(rule.EffectSize.Measure, candidate, baseline);
        MetricLabel found = Shift(rule, test);
        MetricLabel label = rule.EffectSize.Fails(found, size) ? found : MetricLabel.Pass;
        return new MetricClassification
        {
            Rule = rule,
            Label = label,
            FailsRelease = rule.IsCritical && rule.EffectSize.FailsCritically(label, size),
            Reason = string.Create(CultureInfo.InvariantCulture, $"The candidate lies {test.Estimate:G4} above the baseline ({rule.Confidence * 100:0.###}% interval {test.Lower:G4} to {test.Upper:G4}), with an effect size of {size:G4}."),
            EffectSize = size,
            Test = test,
        };
    }

    private static MetricLabel Shift(ComparedMetric rule, MannWhitneyResult test)
    {
        double tolerated = rule.Tolerance * Math.Abs(test.Estimate);
        return rule.Direction != MetricDirection.LowerIsWorse && test.Lower > tolerated ? MetricLabel.High
            : rule.Direction != MetricDirection.HigherIsWorse && test.Upper < -tolerated ? MetricLabel.Low
            : MetricLabel.Pass;
    }

    private static MetricClassification Uncompared(ComparedMetric rule, MetricLabel label, string reason) => new()
    {
        Rule = rule,
        Label = label,
        Reason = reason,
        EffectSize = EffectSize.Neutral(rule.EffectSize.Measure),
    };
}
