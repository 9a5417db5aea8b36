namespace Deployment.Analysis.Sequential;

/// <summary>What one version answered in a batch.</summary>
/// <param name="Events">How many answers it gave; 0 or more.</param>
/// <param name="Bad">How many of them were bad; 0 to <paramref name="Events"/>.</param>
internal readonly record struct SideCounts(long Events, long Bad)
{
    /// <summary>Whether such a batch can be.</summary>
    internal bool IsPossible => Bad >= 0 && Bad <= Events;

    /// <summary>The share of bad answers; 0 when there were no answers.</summary>
    internal double BadShare => Events == 0 ? 0 : (double)Bad / Events;

    public static SideCounts operator +(SideCounts left, SideCounts right) => new(left.Events + right.Events, left.Bad + right.Bad);
}
