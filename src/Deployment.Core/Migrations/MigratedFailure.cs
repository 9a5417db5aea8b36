namespace Deployment.Migrations;

/// <summary>What a failure of the release does when the schema was changed for it.</summary>
public enum MigratedFailure
{
    /// <summary>The release goes back; the schema stays as it is, and both releases work with it.</summary>
    RollBack,

    /// <summary>The run is held, and a person decides: try again, go back, or supersede it by a newer release.</summary>
    Hold,
}
