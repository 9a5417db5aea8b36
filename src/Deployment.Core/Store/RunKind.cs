namespace Deployment.Store;

/// <summary>Why a run was made.</summary>
public enum RunKind
{
    /// <summary>To bring a release to its users.</summary>
    Deploy,

    /// <summary>To go back to an earlier release after a success.</summary>
    RollBack,

    /// <summary>To remove revisions once the rollback window has closed.</summary>
    Retire,

    /// <summary>To take out of a schema what only older releases need, once the rollback window has closed.</summary>
    Contract,

    /// <summary>To undo migrations that no release needs any more, after going back.</summary>
    UndoMigrations,

    /// <summary>To look again at a release that was brought with success. It changes nothing and claims nothing.</summary>
    Watch,
}
