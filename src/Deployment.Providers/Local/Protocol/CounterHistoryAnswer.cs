using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>How a revision's counters grew.</summary>
/// <param name="Began">When they began, which tells them from those of a router before, or of the same revision when it was removed and came again.</param>
/// <param name="LatencyBounds">The upper bounds of the latency buckets, in seconds.</param>
/// <param name="Points">In the order of time, a second apart; the first is the last one of the time that was asked from, or before it.</param>
internal sealed record CounterHistoryAnswer(DateTimeOffset Began, ImmutableArray<double> LatencyBounds, ImmutableArray<CounterPoint> Points);
