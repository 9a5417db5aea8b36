namespace Deployment.Store;

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>It is due later.</summary>
    Scheduled,

    /// <summary>It goes forward.</summary>
    Running,

    /// <summary>It waits for a person.</summary>
    Held,

    /// <summary>It goes back.</summary>
    RollingBack,

    /// <summary>It has an outcome.</summary>
    Ended,
}
