namespace Deployment.Execution;

/// <summary>Runs work side by side, a few at a time, on the caller's context.</summary>
internal static class Lanes
{
    internal static async Task RunAsync<T>(IReadOnlyList<T> work, int maxConcurrency, Func<T, Task> run)
    {
        int next = 0;
        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) - 1 is var mine && mine < work.Count)
            {
                await run(work[mine]);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Math.Min(maxConcurrency, work.Count)).Select(_ => WorkAsync()).ToArray());
    }
}
