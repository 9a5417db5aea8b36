namespace Deployment.Benchmarks.Measuring;

/// <summary>Durations of the same thing.</summary>
internal sealed class Samples
{
    private readonly List<double> _seconds = [];

    internal int Count => _seconds.Count;

    internal double MedianSeconds
    {
        get
        {
            double[] sorted = [.. _seconds.Order()];
            int middle = sorted.Length / 2;
            return sorted.Length switch
            {
                0 => throw new BenchmarkException("Nothing was measured."),
                _ when sorted.Length % 2 == 1 => sorted[middle],
                _ => (sorted[middle - 1] + sorted[middle]) / 2,
            };
        }
    }

    /// <summary>What 99 of 100 are not above; of at least 100.</summary>
    internal double Percentile99Milliseconds => _seconds.Count < 100
        ? throw new BenchmarkException($"{_seconds.Count} samples have no 99th percentile.")
        : _seconds.Order().ElementAt((int)Math.Ceiling(_seconds.Count * 0.99) - 1) * 1e3;

    internal double MedianMilliseconds => MedianSeconds * 1e3;

    internal double MedianMicroseconds => MedianSeconds * 1e6;

    internal void Add(TimeSpan duration) => _seconds.Add(duration.TotalSeconds);

    internal void AddRange(IEnumerable<TimeSpan> durations) => _seconds.AddRange(durations.Select(duration => duration.TotalSeconds));

    /// <summary>Adds one duration that stands for a number of equal things, as that of one.</summary>
    internal void Add(TimeSpan duration, int of) => _seconds.Add(duration.TotalSeconds / of);
}
