namespace Deployment.Analysis.Comparison;

/// <summary>Which change of a metric is a failure.</summary>
internal enum MetricDirection
{
    /// <summary>Higher values and lower ones.</summary>
    Either,

    /// <summary>Higher values, as for errors.</summary>
    Increase,

    /// <summary>Lower values, as for successes.</summary>
    Decrease,
}
