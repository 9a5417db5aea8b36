using Deployment.Runbooks;

namespace Deployment.Strategies.Rolling;

/// <summary>Options of the rolling strategy.</summary>
public sealed class RollingOptions
{
    /// <summary>
    /// How many instances may be missing at any moment: a number from 0, or 0 to 100 percent of the instances, rounded down. Default 25%.
    /// It and <see cref="MaxSurge"/> can't both be zero, also when they are rounded.
    /// </summary>
    public RollingAmount MaxUnavailable { get; set; } = RollingAmount.Percent(25);

    /// <summary>
    /// How many instances may run besides while it lasts: a number from 0, or 0 to 100 percent of the instances, rounded up. Default 25%.
    /// They are started first, with the new revision, and stop at the end.
    /// </summary>
    public RollingAmount MaxSurge { get; set; } = RollingAmount.Percent(25);

    /// <summary>
    /// How many instances are replaced at once: a number from 1, or 1 to 100 percent of the instances, rounded up. Never more than
    /// <see cref="MaxUnavailable"/> and <see cref="MaxSurge"/> allow together. Default null: as many as those allow.
    /// </summary>
    public RollingAmount? BatchSize { get; set; }

    /// <summary>How long it waits between two batches: 0 to 7 days; a person can skip it. Going back to an earlier release doesn't wait. Default 0.</summary>
    public TimeSpan PauseBetween { get; set; }

    /// <summary>How long each batch may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Why this strategy was chosen, for the runbook.</summary>
    public string Reason { get; set; } = "Instances are replaced a few at a time: no second set of them is needed, and the others serve meanwhile.";

    internal RollingOptions Copy() => (RollingOptions)MemberwiseClone();
}
