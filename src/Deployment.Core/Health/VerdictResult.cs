namespace Deployment.Health;

/// <summary>What a check found.</summary>
public enum VerdictResult
{
    /// <summary>There was too little data to tell. It never counts as a pass.</summary>
    InsufficientData,

    /// <summary>It is as it should be.</summary>
    Pass,

    /// <summary>It is not as it should be.</summary>
    Fail,
}
