namespace Deployment.Analysis.Comparison;

/// <summary>The score of a group of metrics.</summary>
/// <param name="Name">The group.</param>
/// <param name="Score">The percentage of its metrics that passed, of those that were compared; 100 where none was.</param>
/// <param name="HasData">Whether a metric was compared.</param>
/// <param name="Weight">How much it counts, in percent.</param>
internal sealed record GroupScore(string Name, double Score, bool HasData, double Weight);
