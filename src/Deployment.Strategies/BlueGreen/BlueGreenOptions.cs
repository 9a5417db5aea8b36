using Deployment.Runbooks;

namespace Deployment.Strategies.BlueGreen;

/// <summary>Options of the blue-green strategy.</summary>
public sealed class BlueGreenOptions
{
    /// <summary>How long the old revision is kept after a success, so that going back is only a change of traffic. From 0 to 30 days; default 1 hour.</summary>
    public TimeSpan RollbackWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long each effect may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Why this strategy was chosen, for the runbook.</summary>
    public string Reason { get; set; } = "Old and new stand side by side, and all users switch in one step: no request fails, and going back is a switch.";
}
