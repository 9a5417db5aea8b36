namespace Deployment.Tests.Commands;

/// <summary>Waits for a condition of the real world, with a deadline.</summary>
internal static class Wait
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);

    internal static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    internal static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > _deadline)
            {
                throw new TimeoutException($"Waited {_deadline.TotalSeconds} s for this: {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    internal static Task<T> InTimeAsync<T>(this Task<T> task) => task.WaitAsync(_deadline);

    internal static Task InTimeAsync(this Task task) => task.WaitAsync(_deadline);
}
