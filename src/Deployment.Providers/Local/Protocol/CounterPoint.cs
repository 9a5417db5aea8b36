using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>A revision's counters as they stood at a moment.</summary>
/// <param name="At">The moment, by the router's clock.</param>
/// <param name="Requests">Requests that ended.</param>
/// <param name="Errors">Of these, the failed ones.</param>
/// <param name="InFlight">Requests that had not ended.</param>
/// <param name="Latencies">The buckets of <see cref="RevisionMetrics.LatencyCounts"/> that grew since the point before: a second's requests lie in few of them, and a quarter of an hour is kept.</param>
internal sealed record CounterPoint(DateTimeOffset At, long Requests, long Errors, long InFlight, ImmutableArray<BucketIncrease> Latencies);
