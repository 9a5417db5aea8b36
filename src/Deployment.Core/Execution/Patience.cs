namespace Deployment.Execution;

/// <summary>
/// Runs code of others, and when its token was cancelled waits only a while longer: an abort, a time-out and a lost lease must win
/// over code that doesn't listen.
/// </summary>
internal sealed class Patience(TimeProvider time, TimeSpan span)
{
    /// <summary>More than a command takes that has the default <see cref="Commands.Command.Grace"/>.</summary>
    internal static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    /// <exception cref="LeftBehindException">It didn't end within the span of being asked to.</exception>
    internal async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        // Code that blocks its thread instead of awaiting must not block the engine's. On a context of one thread, such as virtual time, it has to.
        Task<T> running = SynchronizationContext.Current is null ? Task.Run(work, CancellationToken.None) : work();
        if (!running.IsCompleted)
        {
            var over = new TaskCompletionSource();
            await using ITimer giveUp = time.CreateTimer(_ => over.TrySetResult(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(_ => giveUp.Change(span, Timeout.InfiniteTimeSpan), null);
            if (await Task.WhenAny(running, over.Task) != running)
            {
                // Its late end is nobody's any more; whatever it throws has been seen by then.
                _ = running.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                throw new LeftBehindException(running, span);
            }
        }

        return await running;
    }
}
