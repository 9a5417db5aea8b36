namespace Deployment.Testing;

/// <summary>What goes wrong in a scenario.</summary>
internal sealed record Disturbance
{
    internal static Disturbance None { get; } = new();

    /// <summary>The effect at this place in the plan, counted from 1, fails; 0 for none. Ids tell nothing to a strategy that plans another thing each time.</summary>
    internal int FailingEffect { get; init; }

    /// <summary>Whether it fails after its effect took place, not before.</summary>
    internal bool FailsAfter { get; init; }

    /// <summary>Whether it fails in its midst, where its first half took place.</summary>
    internal bool FailsHalfway { get; init; }

    /// <summary>Whether it fails once, in passing, and not each time.</summary>
    internal bool FailsInPassing { get; init; }

    /// <summary>The check at this place, counted from 1 in the order in which they are made, fails; 0 for none.</summary>
    internal int FailingCheck { get; init; }

    /// <summary>Whether the check at the last moment fails whenever the candidate is judged.</summary>
    internal bool FailsAtTheEnd { get; init; }

    /// <summary>The run is aborted when its journal has this many entries; 0 for never.</summary>
    internal int AbortAtEntry { get; init; }

    /// <summary>How long after that entry.</summary>
    internal TimeSpan AbortDelay { get; init; }
}
