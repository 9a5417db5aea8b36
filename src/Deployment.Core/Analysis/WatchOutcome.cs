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

    /// <summary>Only of a replay: what was recorded is too little to tell what the watch would have done.</summary>
    InsufficientData,
}
