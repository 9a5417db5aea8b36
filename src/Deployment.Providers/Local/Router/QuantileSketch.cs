namespace Deployment.Providers.Local.Router;

/// <summary>Counts durations in buckets that each end a twelfth after they begin, without a lock: so exact are its quantiles.</summary>
internal sealed class QuantileSketch
{
    private const double Growth = 13.0 / 12;
    private const double FirstBoundMicroseconds = 10;

    // From 10 µs to more than an hour.
    private readonly long[] _counts = new long[250];

    public void Add(TimeSpan duration)
    {
        double steps = Math.Ceiling(Math.Log(Math.Max(duration.TotalMicroseconds, FirstBoundMicroseconds) / FirstBoundMicroseconds, Growth));
        Interlocked.Increment(ref _counts[(int)Math.Min(steps, _counts.Length - 1)]);
    }

    /// <summary>The bound that so large a share of the durations did not exceed; zero when there are none.</summary>
    public TimeSpan Quantile(double share)
    {
        long[] counts = [.. Enumerable.Range(0, _counts.Length).Select(bucket => Interlocked.Read(ref _counts[bucket]))];
        long wanted = (long)Math.Ceiling(counts.Sum() * share);
        long below = 0;
        for (int bucket = 0; bucket < counts.Length && wanted > 0; bucket++)
        {
            below += counts[bucket];
            if (below >= wanted)
            {
                return TimeSpan.FromMicroseconds(FirstBoundMicroseconds * Math.Pow(Growth, bucket));
            }
        }

        return TimeSpan.Zero;
    }
}
