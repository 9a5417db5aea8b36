namespace Deployment.Analysis;

/// <summary>What a judge says of one window.</summary>
public enum JudgementResult
{
    /// <summary>There is too little to tell. It never counts as well.</summary>
    InsufficientData,

    /// <summary>What the rule looks for is not there.</summary>
    Well,

    /// <summary>What the rule looks for is there.</summary>
    Worse,
}
