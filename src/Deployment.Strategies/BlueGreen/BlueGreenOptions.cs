using Deployment.Runbooks;

namespace Deployment.Strategies.BlueGreen;

/// <summary>Options of the blue-green strategy.</summary>
public sealed class BlueGreenOptions
{
    /// <summary>
    /// A person who lets the switch take place, after looking at the new revision: where the target can reach it before it has traffic, the
    /// runbook has the lines. Going back to an earlier release doesn't ask. Default null: it switches when the checks pass.
    /// </summary>
    public ManualGate? Promotion { get; set; }

    /// <summary>
    /// How long the release is left under all traffic before it is checked once more and the run completes: 0 to 7 days. Going back to an
    /// earlier release doesn't wait. Default 0.
    /// </summary>
    public TimeSpan BakeTime { get; set; }

    /// <summary>How long the old revision is kept after a success, so that going back is only a change of traffic. From 0 to 30 days; default 1 hour.</summary>
    public TimeSpan RollbackWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long each effect may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Why this strategy was chosen, for the runbook.</summary>
    public string Reason { get; set; } = "Old and new stand side by side, and all users switch in one step: no request fails, and going back is a switch.";

    internal BlueGreenOptions Copy() => (BlueGreenOptions)MemberwiseClone();
}
