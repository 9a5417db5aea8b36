namespace Deployment.Analysis.Sequential;

/// <summary>What both versions answered in the same stretch of time, for example a second. Batches are of one length and follow each other.</summary>
/// <param name="Candidate">The version that is judged.</param>
/// <param name="Baseline">The version that it is compared with.</param>
internal readonly record struct Batch(SideCounts Candidate, SideCounts Baseline);
