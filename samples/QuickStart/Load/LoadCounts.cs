namespace QuickStart.Load;

/// <summary>What a load generator counted up to a moment.</summary>
/// <param name="Sent">Requests that have ended, well or not.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="ByVersion">Those that were answered as they should be, by the version that answered.</param>
/// <param name="Failures">The first failures, as sentences.</param>
internal sealed record LoadCounts(long Sent, long Failed, IReadOnlyDictionary<string, long> ByVersion, IReadOnlyList<string> Failures)
{
    public long Answered => Sent - Failed;
}
