namespace Deployment.Analysis;

/// <summary>Which change of a metric is for the worse.</summary>
public enum MetricDirection
{
    /// <summary>More is worse, as of errors.</summary>
    HigherIsWorse,

    /// <summary>Less is worse, as of orders.</summary>
    LowerIsWorse,

    /// <summary>Any change is.</summary>
    EitherIsWorse,
}
