using System.Collections.Concurrent;
using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router;
using Deployment.Testing;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>The history of a router whose counters and clock the test sets.</summary>
internal sealed class CountedRouter : IDisposable
{
    private readonly ConcurrentDictionary<string, (long Requests, long Errors)> _counters = new();
    private readonly SetClockProvider _clock;

    public CountedRouter(DateTimeOffset begin, params string[] revisions)
    {
        _clock = new SetClockProvider(new ManualClock(begin));
        foreach (string revision in revisions)
        {
            _counters[revision] = (0, 0);
        }

        History = new CounterHistory(() => [KeyValuePair.Create("t", _counters.ToImmutableSortedDictionary(one => one.Key, one => Metrics(one.Value.Requests, one.Value.Errors)))], _clock);
    }

    public CounterHistory History { get; }

    public (long Requests, long Errors) this[string revision]
    {
        get => _counters[revision];
        set => _counters[revision] = value;
    }

    public void Remove(string revision) => _counters.TryRemove(revision, out _);

    public void Advance(double seconds) => _clock.Inner.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Sets the clock on or back; timers go on as before.</summary>
    public void SetClock(TimeSpan by) => _clock.Offset += by;

    public void Dispose() => History.Dispose();

    // All good ones are fast, all bad ones slow.
    private static RevisionMetrics Metrics(long requests, long errors) => new(
        requests, errors, requests % 7, 0, 0, [requests - errors, .. new long[LatencyHistogram.Bounds.Length - 1], errors], 0);

    private sealed class SetClockProvider(ManualClock inner) : TimeProvider
    {
        public ManualClock Inner => inner;

        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Offset;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }
}
