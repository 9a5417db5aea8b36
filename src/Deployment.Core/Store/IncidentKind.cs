namespace Deployment.Store;

/// <summary>What somebody, or another program, found wrong with a release.</summary>
public enum IncidentKind
{
    /// <summary>Something that users can do without. The run is paused, also when it came in its last step, the rollback owner is told, and a person decides.</summary>
    Other,

    /// <summary>Users can't do what they come for. The run goes back at once.</summary>
    CriticalFunctionBroken,

    /// <summary>Data or functions are open to those who may not have them. The run goes back at once.</summary>
    SecurityExposure,

    /// <summary>Data is lost or written wrongly. The run goes back at once.</summary>
    DataCorruption,
}
