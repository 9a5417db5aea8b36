using Deployment.Runbooks;

namespace Deployment.Strategies.Recreate;

/// <summary>Options of the recreate strategy.</summary>
public sealed class RecreateOptions
{
    /// <summary>How long the update may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Why this strategy was chosen, for the runbook.</summary>
    public string Reason { get; set; } = "The release replaces what runs, in place: users may notice a gap, and no second copy is needed.";
}
