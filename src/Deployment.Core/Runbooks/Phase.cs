namespace Deployment.Runbooks;

/// <summary>A label that tells people what part of a deployment a step belongs to. A phase may recur.</summary>
public enum Phase
{
    /// <summary>Looking whether the deployment may start.</summary>
    Readiness,

    /// <summary>What takes long and changes nothing for users.</summary>
    Preparation,

    /// <summary>A person decides.</summary>
    Approval,

    /// <summary>What could not be brought back otherwise is saved, and tried whether it can be.</summary>
    Backup,

    /// <summary>The schema gets what the release needs; the old release works with it.</summary>
    Expand,

    /// <summary>What the schema got is filled, beside the running service.</summary>
    Backfill,

    /// <summary>The release comes to its users.</summary>
    Deployment,

    /// <summary>Trying what users need.</summary>
    SmokeTest,

    /// <summary>Watching the release.</summary>
    Monitoring,

    /// <summary>Tidying up after the release stands.</summary>
    Finalization,

    /// <summary>The schema loses what only older releases need.</summary>
    Contract,
}
