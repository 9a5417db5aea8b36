using Deployment.Flags;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>A stage with what the flag is before and at it.</summary>
/// <param name="Given">The stage.</param>
/// <param name="Audience">All who have the flag then.</param>
/// <param name="Before">The definition before it.</param>
/// <param name="Definition">The definition at it.</param>
internal sealed record PlannedStage(FlagStage Given, FlagAudience Audience, string Before, string Definition);
