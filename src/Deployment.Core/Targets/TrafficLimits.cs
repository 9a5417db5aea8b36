namespace Deployment.Targets;

/// <summary>What traffic splits a target can make.</summary>
/// <param name="GranularityPercent">The smallest step between shares, 1 to 100; 100 when it can only switch.</param>
/// <param name="MaxRevisions">How many revisions can take traffic at once, at least 1.</param>
public sealed record TrafficLimits(int GranularityPercent, int MaxRevisions)
{
    /// <summary>The largest share, in percent, that a canary can have beside the old revision, 1 to 100; default 100. All traffic can always be switched to it.</summary>
    public int LargestCanaryPercent { get; init; } = 100;

    /// <summary>Whether a user stays with a revision while its share stays or grows. Default false: each request is on its own.</summary>
    public bool KeepsUsers { get; init; }

    /// <summary>Why two revisions can't share the traffic, as a part of a sentence; null where there is nothing to say. A canary that is refused for it says so.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether two revisions can share the traffic at all.</summary>
    public bool Splits => GranularityPercent < 100 && MaxRevisions > 1;

    /// <summary>Whether a canary can have this share, in percent. 100 is a switch, which every target makes.</summary>
    public bool Allows(int percent) => percent == 100 || (Splits && percent % GranularityPercent == 0 && percent <= LargestCanaryPercent);
}
