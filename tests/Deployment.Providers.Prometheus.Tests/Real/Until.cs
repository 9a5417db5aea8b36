using Deployment.Analysis;

namespace Deployment.Providers.Prometheus.Tests.Real;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Until
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(90);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(_deadline, what);
            await Task.Delay(20);
        }
    }

    /// <summary>Reads until something is so of all that was read.</summary>
    public static Task ReadAsync(this IMetricFeed feed, List<MetricSample> samples, Func<bool> condition, string what) => TrueAsync(
        async () =>
        {
            samples.AddRange(await feed.ReadAsync(CancellationToken.None));
            return condition();
        },
        what);

    /// <summary>Reads until so many more samples came: what nobody counted by then doesn't come any more.</summary>
    public static Task ReadMoreAsync(this IMetricFeed feed, List<MetricSample> samples, int count)
    {
        int before = samples.Count;
        return feed.ReadAsync(samples, () => samples.Count >= before + count, $"{count} more samples");
    }
}
