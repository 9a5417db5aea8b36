namespace Deployment.Analysis.Sequential;

/// <summary>What a sequential comparison says after the batches that it has seen.</summary>
internal sealed record SequentialReading
{
    /// <summary>Whether the candidate is worse: the e-value reached its threshold at this batch or one before. It stays so.</summary>
    internal required bool IsWorse { get; init; }

    /// <summary>The evidence against "the candidate is not worse": what a bet of 1 at fair odds has become. 0 or more; 1 says nothing.</summary>
    internal required double EValue { get; init; }

    /// <summary>The e-value at which the candidate is called worse.</summary>
    internal required double Threshold { get; init; }

    /// <summary>All answers of the candidate.</summary>
    internal required SideCounts Candidate { get; init; }

    /// <summary>All answers of the baseline.</summary>
    internal required SideCounts Baseline { get; init; }

    /// <summary>How bad answers scatter, by which the evidence is tempered.</summary>
    internal required Dispersion Dispersion { get; init; }

    /// <summary>The candidate's share of bad answers less the baseline's; from -1 to 1.</summary>
    internal double Difference => Candidate.BadShare - Baseline.BadShare;

    /// <summary>The candidate's share of bad answers divided by the baseline's; null while the baseline has none.</summary>
    internal double? Ratio => Baseline.Bad == 0 ? null : Candidate.BadShare / Baseline.BadShare;
}
