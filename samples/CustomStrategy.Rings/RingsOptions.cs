using Deployment.Runbooks;

namespace CustomStrategy.Rings;

#region options
/// <summary>Options of the rings strategy.</summary>
public sealed class RingsOptions
{
    /// <summary>The rings, from the first to the last but everyone, with growing shares. Default internal 1%, early 10%, broad 50%.</summary>
    public IReadOnlyList<Ring> Rings { get; set; } = [new("internal", 1), new("early", 10), new("broad", 50)];

    /// <summary>How long the old revision is kept after a success, so that going back is only a change of traffic. From 0 to 30 days; default 1 hour.</summary>
    public TimeSpan RollbackWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long each effect may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Why this strategy was chosen, for the runbook.</summary>
    public string Reason { get; set; } = "Few users meet the release first: what is wrong with it reaches nobody else.";
}
#endregion
