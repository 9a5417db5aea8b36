using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Deployment.Testing;

/// <summary>
/// Runs a deployment on one thread in virtual time: whenever everything waits, the clock jumps to the next timer. An hour of
/// watching takes milliseconds, and a test gives the same result every time. For fakes only: real I/O would see time run away.
/// </summary>
public sealed class VirtualTime
{
    private static readonly TimeSpan RealPatience = TimeSpan.FromSeconds(10);

    /// <summary>The clock. Give it to the pipeline and to everything else under test.</summary>
    public ManualClock Clock { get; } = new();

    /// <summary>How much virtual time may pass before a test is taken to wait for ever. Default 10 days.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromDays(10);

    /// <summary>Runs to the end.</summary>
    /// <exception cref="TimeoutException">It waits for something that no passing of time brings.</exception>
    public void Run(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Run(async () =>
        {
            await body();
            return true;
        });
    }

    /// <summary>Runs to the end and gives the result.</summary>
    /// <exception cref="TimeoutException">It waits for something that no passing of time brings.</exception>
    public T Run<T>(Func<Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        SynchronizationContext? before = SynchronizationContext.Current;
        using var context = new Turns();
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            return Pump(body(), context);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private T Pump<T>(Task<T> task, Turns context)
    {
        DateTimeOffset limit = Clock.GetUtcNow() + Limit;
        while (!task.IsCompleted)
        {
            if (context.TryRunOne() || Clock.AdvanceToNext(limit))
            {
                continue;
            }

            // Nothing to run and no timer: only another thread can bring something.
            if (!task.IsCompleted && !context.WaitForOne(RealPatience))
            {
                throw new TimeoutException($"It still waits after {Clock.GetUtcNow() - (limit - Limit)} of virtual time, and nothing is due within the limit of {Limit}: perhaps for a signal that nobody sends.");
            }
        }

        if (task.Exception is { } error)
        {
            ExceptionDispatchInfo.Throw(error.InnerException!);
        }

        return task.GetAwaiter().GetResult();
    }

    private sealed class Turns : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (!_queue.IsAddingCompleted)
            {
                _queue.Add((d, state));
            }
        }

        public override void Send(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;

        public void Dispose() => _queue.CompleteAdding();

        internal bool TryRunOne()
        {
            if (!_queue.TryTake(out (SendOrPostCallback Callback, object? State) turn))
            {
                return false;
            }

            turn.Callback(turn.State);
            return true;
        }

        internal bool WaitForOne(TimeSpan patience)
        {
            if (!_queue.TryTake(out (SendOrPostCallback Callback, object? State) turn, patience))
            {
                return false;
            }

            turn.Callback(turn.State);
            return true;
        }
    }
}
