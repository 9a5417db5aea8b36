namespace Deployment.Analysis.Comparison;

/// <summary>A release's score, and what it is made of.</summary>
internal sealed record ReleaseScore
{
    /// <summary>From 0 to 100, to two decimals.</summary>
    internal required double Score { get; init; }

    /// <summary>What that means by the thresholds.</summary>
    internal required ReleaseVerdict Verdict { get; init; }

    /// <summary>Why the score is 0 whatever the groups' are; null when it is theirs.</summary>
    internal string? Reason { get; init; }

    /// <summary>The groups, by name.</summary>
    internal required IReadOnlyList<GroupScore> Groups { get; init; }
}
