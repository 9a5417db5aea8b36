namespace Deployment.Migrations;

/// <summary>What a failure of the release does when the schema was changed for it.</summary>
public enum MigratedFailure
{
    /// <summary>The release goes back; the schema stays as it is, and both releases work with it.</summary>
    RollBack,

    /// <summary>The run is held, and a person decides: try again, go back, or supersede it by a newer release.</summary>
    Hold,

    /// <summary>
    /// Once users have met the release, going back would be worse, as where it alone can read what it has written: the run is held until it is tried again,
    /// promoted, or superseded by a newer release (<see cref="DeploymentPipeline.SupersedeAsync"/>), which is deployed on what stands; nothing goes back first.
    /// Until then it goes back as with <see cref="RollBack"/>. An abort, what is reported, and a host that cancels its run go back all the same.
    /// </summary>
    Supersede,
}
