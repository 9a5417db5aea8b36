namespace Deployment.Providers.HAProxy.Tests.Support;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Until
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(_deadline, what);
            await Task.Delay(20);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);
}
