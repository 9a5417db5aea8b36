namespace Deployment.Analysis.Comparison;

/// <summary>How a metric is judged; the defaults are Kayenta's.</summary>
internal sealed record MetricRule
{
    /// <summary>The metric.</summary>
    internal required string Name { get; init; }

    /// <summary>The groups to whose scores it counts. One of no group counts only if it is critical.</summary>
    internal IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Which change is a failure; either is the default.</summary>
    internal MetricDirection Direction { get; init; }

    /// <summary>What a missing value means; it is left out by default.</summary>
    internal MissingValues MissingValues { get; init; }

    /// <summary>Outliers are left out that lie so many interquartile ranges beyond the quartiles; null, the default, keeps all. Above 0; Kayenta's is 3.</summary>
    internal double? OutlierFactor { get; init; }

    /// <summary>Whether its failure fails the release, whatever the score is.</summary>
    internal bool IsCritical { get; init; }

    /// <summary>Whether it fails when a version has no values.</summary>
    internal bool MustHaveData { get; init; }

    /// <summary>Whether it is reported and left out of the score.</summary>
    internal bool IsMuted { get; init; }

    /// <summary>How large a significant difference must be to count.</summary>
    internal EffectSizeLimits EffectSize { get; init; } = new();

    /// <summary>How far beyond zero the interval of the shift must lie, as a fraction of the estimated shift. 0 or more; 0.25 is the default.</summary>
    internal double Tolerance { get; init; } = 0.25;

    /// <summary>The level of the shift's confidence interval. Above 0, below 1; 0.98 is the default.</summary>
    internal double Confidence { get; init; } = 0.98;
}
