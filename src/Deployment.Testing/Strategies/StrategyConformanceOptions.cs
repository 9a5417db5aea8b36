namespace Deployment.Testing;

/// <summary>What the author of a strategy promises.</summary>
public sealed record StrategyConformanceOptions
{
    private readonly int _leastCapacityPercent = 100;
    private readonly int _targets = 1;
    private readonly int _instances = 4;

    /// <summary>The capabilities that it can't do without.</summary>
    public required FakeCapabilities Needs { get; init; }

    /// <summary>
    /// The least share of the capacity that serves while it deploys over a live release, and while that goes back, in percent. From 0 (it promises none,
    /// as recreate does) to 100; default 100. Each target is as much of the capacity as another, and so is each instance of a target.
    /// </summary>
    public int LeastCapacityPercent
    {
        get => _leastCapacityPercent;
        init => _leastCapacityPercent = value is >= 0 and <= 100 ? value : throw new ArgumentOutOfRangeException(nameof(LeastCapacityPercent), value, "The least capacity must be 0 to 100 percent.");
    }

    /// <summary>Whether requests in flight are let finish; default true. What replaces in place can't promise it.</summary>
    public bool FinishesRequests { get; init; } = true;

    /// <summary>How many targets the pipeline deploys to, 1 to 8; default 1. More are of use where the promise is about several: one after the other, in waves.</summary>
    public int Targets
    {
        get => _targets;
        init => _targets = value is >= 1 and <= 8 ? value : throw new ArgumentOutOfRangeException(nameof(Targets), value, "There must be 1 to 8 targets.");
    }

    /// <summary>How many instances each target has, 1 to 64; default 4. It matters to strategies that replace them a few at a time.</summary>
    public int Instances
    {
        get => _instances;
        init => _instances = value is >= 1 and <= 64 ? value : throw new ArgumentOutOfRangeException(nameof(Instances), value, "There must be 1 to 64 instances.");
    }
}
