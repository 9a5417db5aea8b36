namespace Deployment.Analysis;

/// <summary>How a value is compared with a threshold.</summary>
internal enum ThresholdComparison
{
    Above,
    Below,
    AboveBaselineByShare,
    AboveBaselineByDifference,
    BelowBaselineByShare,
    BelowBaselineByDifference,
}
