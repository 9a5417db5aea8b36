namespace Deployment.Strategies.Canary;

/// <summary>What is done about a step's weight that the target can't make.</summary>
public enum UnavailableWeight
{
    /// <summary>The plan is refused.</summary>
    Refuse,

    /// <summary>The next smaller share that the target can make is taken, and the runbook says so.</summary>
    RoundDown,

    /// <summary>The next larger share that the target can make is taken, and the runbook says so.</summary>
    RoundUp,
}
