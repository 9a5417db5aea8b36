namespace Deployment.Tests.Health;

/// <summary>A clock that stands still until a test moves it to the next timer.</summary>
internal sealed class HandClock : TimeProvider
{
    private readonly List<HandTimer> _timers = [];
    private TimeSpan _now;

    internal TimeSpan Now => _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Moves from timer to timer until the task is done.</summary>
    internal async Task<T> RunAsync<T>(Task<T> task)
    {
        for (int i = 0; !task.IsCompleted; i++)
        {
            HandTimer next = _timers.Where(timer => timer.Due is not null).MinBy(timer => timer.Due)
                ?? throw new InvalidOperationException("Nothing is due, and the task isn't done.");
            i.Should().BeLessThan(100_000);
            _now = next.Due!.Value;
            next.Fire();
        }

        return await task;
    }

    private sealed class HandTimer(HandClock clock, Action callback) : ITimer
    {
        internal TimeSpan? Due { get; private set; }

        internal void Fire()
        {
            Due = null;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime < TimeSpan.Zero ? null : clock.Now + dueTime;
            return true;
        }

        public void Dispose()
        {
            Due = null;
            clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
