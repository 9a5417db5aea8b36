namespace Deployment.Analysis.Comparison;

/// <summary>What became of a metric, in Kayenta's words.</summary>
internal enum MetricLabel
{
    /// <summary>The candidate is no worse.</summary>
    Pass,

    /// <summary>The candidate's values are higher, by more than is allowed.</summary>
    High,

    /// <summary>The candidate's values are lower, by more than is allowed.</summary>
    Low,

    /// <summary>A version has no values. The metric is left out of its groups' scores.</summary>
    NoData,

    /// <summary>A version has no values, and the metric must have some: it counts as failed.</summary>
    NoDataFails,

    /// <summary>The values can't be compared.</summary>
    Error,
}
