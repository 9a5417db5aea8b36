namespace Deployment.Testing;

/// <summary>What the author of a strategy promises.</summary>
public sealed record StrategyConformanceOptions
{
    private readonly int _leastCapacityPercent = 100;
    private readonly int _targets = 1;

    /// <summary>The capabilities that it can't do without.</summary>
    public required FakeCapabilities Needs { get; init; }

    /// <summary>
    /// The least share of the targets that serve while it deploys over a live release, in percent. From 0 (it promises none, as recreate does) to 100; default 100.
    /// A run that goes back is not held to it: the engine restores every target at once.
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
}
