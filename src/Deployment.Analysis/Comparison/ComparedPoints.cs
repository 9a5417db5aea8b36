namespace Deployment.Analysis.Comparison;

/// <summary>A metric with its values in points, NaN where one is missing.</summary>
internal sealed record ComparedPoints(ComparedMetric Metric, IReadOnlyList<double> Candidate, IReadOnlyList<double> Baseline)
{
    /// <summary>Whether a side has values, but too few of them. One that has none is another matter.</summary>
    internal bool HasFew => IsFew(Known(Candidate)) || IsFew(Known(Baseline));

    /// <summary>How many values count.</summary>
    internal int Known(IReadOnlyList<double> side) => Metric.MissingValues == MissingValues.Zero ? side.Count : side.Count(value => !double.IsNaN(value));

    private static bool IsFew(int known) => known is > 0 and < ComparisonJudge.FewestPoints;
}
