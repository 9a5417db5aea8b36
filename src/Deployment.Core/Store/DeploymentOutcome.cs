namespace Deployment.Store;

/// <summary>How a run ended.</summary>
public enum DeploymentOutcome
{
    /// <summary>Everything in the runbook was done and verified.</summary>
    Succeeded,

    /// <summary>Some lanes succeeded and stand; the others were taken back. The result lists them.</summary>
    PartlySucceeded,

    /// <summary>It ended before anything was changed.</summary>
    Rejected,

    /// <summary>It failed or was aborted, and everything is verified to be as before.</summary>
    RolledBack,

    /// <summary>It failed and could not be taken back completely. A person must look; the result says at what.</summary>
    NeedsAttention,
}
