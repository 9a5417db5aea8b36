namespace Deployment.Store;

/// <summary>What a person, or another program, asks of a run.</summary>
public enum SignalKind
{
    /// <summary>Go: the runbook with the given hash is approved.</summary>
    Approve,

    /// <summary>No-go: an approval is refused and the run ends or goes back.</summary>
    Reject,

    /// <summary>Start nothing more until resumed.</summary>
    Pause,

    /// <summary>Go on after a pause, or try again after a hold.</summary>
    Resume,

    /// <summary>
    /// While something holds the run: take what it is held by as done, and nothing else; other lanes wait and watch on. Else skip the present
    /// waits and the rest of the present watches, of all lanes.
    /// </summary>
    Promote,

    /// <summary>Skip the present waits and watches and all later ones, of all lanes, and take what the run is held by as done.</summary>
    PromoteFully,

    /// <summary>Stop and go back. It wins from every state.</summary>
    Abort,

    /// <summary>
    /// Stop for a newer release, as <see cref="DeploymentPipeline.SupersedeAsync"/> asks before it deploys that one: as <see cref="Abort"/>, but where going back
    /// would be worse (<see cref="Migrations.MigratedFailure.Supersede"/>), or can't be done any more, the run ends with what it did left as it is.
    /// </summary>
    Supersede,

    /// <summary>Something is wrong with the release; <see cref="Signal.Incident"/> says what. See <see cref="IncidentKind"/> for what is done.</summary>
    Report,

    /// <summary>What was posted could not be read, perhaps because a newer version of the library wrote it. Stores give it; it is noted and does nothing.</summary>
    Unreadable,
}
