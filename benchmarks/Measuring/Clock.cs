namespace Deployment.Benchmarks.Measuring;

/// <summary>The real clock.</summary>
internal static class Clock
{
    internal static long Now => TimeProvider.System.GetTimestamp();

    internal static TimeSpan Between(long begin, long end) => TimeProvider.System.GetElapsedTime(begin, end);

    internal static TimeSpan Since(long begin) => TimeProvider.System.GetElapsedTime(begin);
}
