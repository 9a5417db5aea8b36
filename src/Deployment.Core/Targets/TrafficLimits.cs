namespace Deployment.Targets;

/// <summary>What traffic splits a target can make.</summary>
/// <param name="GranularityPercent">The smallest step between shares, 1 to 100; 100 when it can only switch.</param>
/// <param name="MaxRevisions">How many revisions can take traffic at once, at least 1.</param>
public sealed record TrafficLimits(int GranularityPercent, int MaxRevisions);
