namespace Deployment;

/// <summary>What cancelling the token of a deployment asks for. It never cancels a rollback.</summary>
public enum CancellationPolicy
{
    /// <summary>The run goes back, and the result says so.</summary>
    RollBack,

    /// <summary>The run is left open for another process to resume; an effect that runs has the abort's grace to finish.</summary>
    Detach,
}
