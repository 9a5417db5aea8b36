namespace Deployment.Waves;

/// <summary>A wave with the targets that it takes.</summary>
internal sealed record PlannedWave(Wave Wave, IReadOnlyList<string> Targets);
