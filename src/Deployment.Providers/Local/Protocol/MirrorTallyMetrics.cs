using System.Collections.Immutable;
using Deployment.Targets;

namespace Deployment.Providers.Local.Protocol;

/// <summary>How a revision answered copies of requests since a router began to send it some.</summary>
/// <param name="Revision">Who was sent them.</param>
/// <param name="Sent">Copies sent.</param>
/// <param name="UnderWay">Of these, the ones whose fate is not known yet.</param>
/// <param name="Skipped">Requests not copied because too many copies were under way, or because they were too large.</param>
/// <param name="Compared">Requests that the user and the copy both were answered.</param>
/// <param name="OtherStatus">Of these, the ones with different statuses.</param>
/// <param name="Failed">Copies not answered whole or in time, of requests that the user was answered.</param>
/// <param name="Differences">How often which statuses differed, such as <c>200 -> 500</c>.</param>
/// <param name="UserSeconds">Within which time 95% of the compared requests' users had the beginning of their answer.</param>
/// <param name="CopySeconds">The same of the copies.</param>
internal sealed record MirrorTallyMetrics(
    string Revision, long Sent, long UnderWay, long Skipped, long Compared, long OtherStatus, long Failed, ImmutableSortedDictionary<string, long> Differences, double UserSeconds, double CopySeconds)
{
    public MirrorComparison Comparison() => new()
    {
        Sent = Sent,
        UnderWay = UnderWay,
        Skipped = Skipped,
        Compared = Compared,
        OtherStatus = OtherStatus,
        Failed = Failed,
        Differences = Differences,
        UserLatency = TimeSpan.FromSeconds(UserSeconds),
        CopyLatency = TimeSpan.FromSeconds(CopySeconds),
    };
}
