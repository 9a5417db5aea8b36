using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>A router's counters.</summary>
/// <param name="LatencyBounds">The upper bounds of the latency buckets, in seconds.</param>
/// <param name="Unrouted">Requests for a host or path that no target serves, answered 404.</param>
/// <param name="Targets">By name.</param>
internal sealed record RouterMetrics(ImmutableArray<double> LatencyBounds, long Unrouted, ImmutableSortedDictionary<string, TargetMetrics> Targets);
