namespace Deployment.Testing;

/// <summary>A clock that stands still until it is advanced. Timers fire, in order of their due time, on the thread that advances it.</summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<ManualTimer, (long Due, long Order)> _due = new();
    private DateTimeOffset _now;
    private long _order;

    /// <summary>Creates a clock.</summary>
    /// <param name="start">The time that it shows at first; default midnight of 1 January 2030, UTC.</param>
    public ManualClock(DateTimeOffset? start = null)
    {
        _now = start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on, firing every timer that comes due.</summary>
    /// <param name="by">Not negative.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        DateTimeOffset goal = GetUtcNow() + by;
        while (AdvanceToNext(goal))
        {
        }

        lock (_gate)
        {
            _now = goal;
        }
    }

    /// <summary>Moves the clock to the next timer and fires it; false when none is due by then.</summary>
    internal bool AdvanceToNext(DateTimeOffset limit)
    {
        ManualTimer timer;
        lock (_gate)
        {
            while (_due.TryPeek(out ManualTimer? stale, out (long Due, long Order) at) && !stale.IsDue(at.Order))
            {
                _due.Dequeue();
            }

            if (!_due.TryPeek(out _, out (long Due, long Order) next) || next.Due > limit.UtcTicks)
            {
                return false;
            }

            timer = _due.Dequeue();
            _now = new DateTimeOffset(Math.Max(next.Due, _now.UtcTicks), TimeSpan.Zero);
            timer.Rearm();
        }

        timer.Fire();
        return true;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private long _armed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                _period = period;
                Arm(dueTime);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _armed = 0;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal bool IsDue(long order) => _armed == order;

        internal void Rearm()
        {
            _armed = 0;
            if (_period > TimeSpan.Zero)
            {
                Arm(_period);
            }
        }

        internal void Fire() => callback(state);

        private void Arm(TimeSpan dueTime)
        {
            _armed = dueTime == Timeout.InfiniteTimeSpan ? 0 : ++clock._order;
            if (_armed != 0)
            {
                clock._due.Enqueue(this, (clock._now.UtcTicks + Math.Max(0, dueTime.Ticks), _armed));
            }
        }
    }
}
