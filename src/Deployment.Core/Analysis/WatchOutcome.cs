namespace Deployment.Analysis;

/// <summary>What a watch did, or would have done.</summary>
public enum WatchOutcome
{
    /// <summary>The run went on.</summary>
    Passed,

    /// <summary>The run went back.</summary>
    RolledBack,

    /// <summary>The run was held for a person.</summary>
    Held,

    /// <summary>It can't be told: a later look at a release had too little data and went on, or what was recorded is too little for a replay.</summary>
    InsufficientData,
}
