using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>A router's counters of one revision. They only grow while the router lives, except for those in flight.</summary>
/// <param name="Requests">Requests that ended.</param>
/// <param name="Errors">Of these, the ones answered 5xx by the revision, and the ones that it could not be reached for or broke off.</param>
/// <param name="InFlight">Requests that have not ended.</param>
/// <param name="LeftByDrains">Requests that a drain's deadline left in flight.</param>
/// <param name="CutByDrains">Requests that a drain's deadline broke off.</param>
/// <param name="LatencyCounts">How many ended requests took at most the bound of the same index (see <see cref="RouterMetrics.LatencyBounds"/>); the last counts the rest.</param>
/// <param name="LatencySeconds">The sum of their durations.</param>
internal sealed record RevisionMetrics(
    long Requests, long Errors, long InFlight, long LeftByDrains, long CutByDrains, ImmutableArray<long> LatencyCounts, double LatencySeconds)
{
    /// <summary>Web sockets that were cut because the revision had lost its share and their grace was over.</summary>
    public long WebSocketsCut { get; set; }
}
