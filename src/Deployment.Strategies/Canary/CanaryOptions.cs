using Deployment.Runbooks;

namespace Deployment.Strategies.Canary;

/// <summary>Options of the canary strategy.</summary>
public sealed class CanaryOptions
{
    /// <summary>
    /// The shares that the release gets in turn: each larger than the one before, from 1 to 100, the last 100. <c>[10, 50, 100]</c> is enough;
    /// <see cref="CanarySteps"/> has those that the field has names for. Default 10, 25, 50 and 100.
    /// </summary>
    public IReadOnlyList<CanaryStep> Steps { get; set; } = CanarySteps.Default;

    /// <summary>How long a step lasts that doesn't say so itself, 0 to 7 days; default 5 minutes.</summary>
    public TimeSpan BakeTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What is done about a weight that the target can't make. Default: the plan is refused.</summary>
    public UnavailableWeight UnavailableWeight { get; set; }

    /// <summary>
    /// Whether a fresh copy of the old release is compared with. At a weight of w it gets w as well, or what is left, and the old revision
    /// the rest. Default none.
    /// </summary>
    public CanaryBaseline Baseline { get; set; }

    /// <summary>Lets testers reach the release before any user does; the target must be able to. Default null: they don't.</summary>
    public CanaryTesters? Testers { get; set; }

    /// <summary>Whether the plan is refused where the target can't keep a user with one revision while its share stays or grows. Default false.</summary>
    public bool RequireStickyUsers { get; set; }

    /// <summary>How long the old revision is kept after a success, so that going back is only a change of traffic. From 0 to 30 days; default 1 hour.</summary>
    public TimeSpan RollbackWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long each effect may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Why this strategy was chosen, for the runbook.</summary>
    public string Reason { get; set; } = "A small share of the users gets the release first, and more of them while the checks pass: a bad release reaches few, and going back is a switch.";

    internal CanaryOptions Copy()
    {
        var copy = (CanaryOptions)MemberwiseClone();
        copy.Steps = Steps is null ? [] : [.. Steps];
        return copy;
    }
}
