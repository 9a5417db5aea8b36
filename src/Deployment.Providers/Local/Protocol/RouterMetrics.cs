using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>A router's counters.</summary>
/// <param name="LatencyBounds">The upper bounds of the latency buckets, in seconds.</param>
/// <param name="Unrouted">Requests answered 503 because nothing is served.</param>
/// <param name="Revisions">By revision id.</param>
internal sealed record RouterMetrics(ImmutableArray<double> LatencyBounds, long Unrouted, ImmutableSortedDictionary<string, RevisionMetrics> Revisions);
