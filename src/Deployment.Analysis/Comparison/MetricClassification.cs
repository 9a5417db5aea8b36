using Deployment.Analysis.Statistics;

namespace Deployment.Analysis.Comparison;

/// <summary>What became of a metric, and why.</summary>
internal sealed record MetricClassification
{
    /// <summary>By which rule it was judged.</summary>
    internal required ComparedMetric Rule { get; init; }

    /// <summary>What became of it.</summary>
    internal required MetricLabel Label { get; init; }

    /// <summary>Whether it fails the release.</summary>
    internal bool FailsRelease { get; init; }

    /// <summary>Whether it could not be compared, for want of values or for what they are.</summary>
    internal bool LacksData => Label is MetricLabel.NoData or MetricLabel.NoDataFails or MetricLabel.Error;

    /// <summary>Why, as a sentence.</summary>
    internal required string Reason { get; init; }

    /// <summary>The size of the difference; NaN where it can't be told, the measure's value for no difference where nothing was compared.</summary>
    internal required double EffectSize { get; init; }

    /// <summary>The test; null when it was not needed.</summary>
    internal MannWhitneyResult? Test { get; init; }
}
