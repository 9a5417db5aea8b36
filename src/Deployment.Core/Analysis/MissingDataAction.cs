namespace Deployment.Analysis;

/// <summary>What a watch does whose metrics are missing, stale or can't be read. None of it ever passes.</summary>
public enum MissingDataAction
{
    /// <summary>The run is held, and a person decides.</summary>
    Hold,

    /// <summary>It watches on until they come, for as long as <see cref="MonitorOptions.LongestWait"/>; then the run is held.</summary>
    Wait,

    /// <summary>The run goes back.</summary>
    RollBack,
}
