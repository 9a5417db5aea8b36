namespace Deployment.Strategies.FeatureFlags;

/// <summary>A flag where it stands in a file.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Start">Where its object begins, in bytes.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Definition">The same, compact and without comments.</param>
internal sealed record FoundFlag(string Id, int Start, int End, string Definition);
