namespace Deployment.Execution;

/// <summary>
/// Waits for work, and when its token was cancelled only a while longer: an abort, a time-out and a lost lease must win
/// over code that doesn't listen.
/// </summary>
internal sealed class Patience(TimeProvider time, TimeSpan span)
{
    /// <summary>More than a command takes to be asked to end and killed (<see cref="Commands.Command.Grace"/>).</summary>
    internal static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    /// <exception cref="LeftBehindException">It didn't end within the span of being asked to.</exception>
    internal async Task WaitAsync(Task work, CancellationToken cancellationToken)
    {
        if (!work.IsCompleted)
        {
            var over = new TaskCompletionSource();
            await using ITimer giveUp = time.CreateTimer(_ => over.TrySetResult(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(_ => giveUp.Change(span, Timeout.InfiniteTimeSpan), null);
            if (await Task.WhenAny(work, over.Task) != work)
            {
                // Its late end is nobody's any more; whatever it throws has been seen by then.
                _ = work.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                throw new LeftBehindException(work, span);
            }
        }

        await work;
    }
}
