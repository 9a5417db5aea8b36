namespace Deployment.Runbooks;

/// <summary>What a failed check does.</summary>
public enum FailureAction
{
    /// <summary>The run goes back by itself.</summary>
    RollBack,

    /// <summary>The run is held and a person decides: resume checks again, promote goes on, abort goes back.</summary>
    Investigate,

    /// <summary>The failure is noted and the run goes on.</summary>
    Note,
}
