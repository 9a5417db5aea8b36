using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>How a revision's counters grew.</summary>
/// <param name="LatencyBounds">The upper bounds of the latency buckets, in seconds.</param>
/// <param name="Points">In the order of time, a second apart; the first is the last one of the time that was asked from, or before it.</param>
internal sealed record CounterHistoryAnswer(ImmutableArray<double> LatencyBounds, ImmutableArray<CounterPoint> Points);
