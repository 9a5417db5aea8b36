namespace Deployment.Runbooks;

/// <summary>How the lanes of a parallel group go together.</summary>
public sealed record LanePolicy
{
    private readonly int _maxConcurrency = 8;
    private readonly int _maxFailures;

    /// <summary>How many lanes may run at once, at least 1; default 8.</summary>
    public int MaxConcurrency
    {
        get => _maxConcurrency;
        init => _maxConcurrency = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxConcurrency), value, "At least one lane must be able to run.");
    }

    /// <summary>How many lanes may fail before the group fails; default 0. A lane that fails is taken back.</summary>
    public int MaxFailures
    {
        get => _maxFailures;
        init => _maxFailures = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxFailures), value, "The number of failures can't be negative.");
    }

    /// <summary>When too many failed: whether lanes that run are finished, or stopped and taken back. Default false: stopped.</summary>
    public bool FinishRunningLanes { get; init; }

    /// <summary>When too many failed: whether finished lanes are kept (the run ends partly succeeded). Default false: the whole run goes back.</summary>
    public bool KeepFinishedLanes { get; init; }
}
