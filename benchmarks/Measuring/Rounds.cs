namespace Deployment.Benchmarks.Measuring;

/// <summary>Measures two things in turns, so that whatever else the machine does falls on both.</summary>
internal static class Rounds
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private const int FewestWarmUps = 2;

    /// <summary>Runs one and the other by turns, first without and then with taking the samples; who is first changes with each round.</summary>
    /// <param name="count">How often each is measured.</param>
    /// <param name="one">Measures the one; told whether the samples count.</param>
    /// <param name="other">Measures the other.</param>
    internal static async Task RunAsync(int count, Func<bool, Task> one, Func<bool, Task> other)
    {
        long begin = Clock.Now;
        for (int i = 0; i < FewestWarmUps || Clock.Since(begin) < WarmUp; i++)
        {
            await RunAsync(one, false);
            await RunAsync(other, false);
        }

        for (int i = 0; i < count; i++)
        {
            bool oneFirst = i % 2 == 0;
            await RunAsync(oneFirst ? one : other, true);
            await RunAsync(oneFirst ? other : one, true);
        }
    }

    /// <summary>From an empty heap, so that neither collects the other's garbage.</summary>
    private static Task RunAsync(Func<bool, Task> measure, bool counts)
    {
        GC.Collect();
        return measure(counts);
    }
}
