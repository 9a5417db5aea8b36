namespace Deployment.Analysis.Comparison;

/// <summary>What a comparison says of a release.</summary>
internal enum ReleaseVerdict
{
    /// <summary>The score is below both thresholds.</summary>
    Fail,

    /// <summary>The score is between the thresholds: it may go on, and may not end so.</summary>
    Marginal,

    /// <summary>The score passes.</summary>
    Pass,
}
