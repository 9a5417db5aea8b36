namespace Deployment.Analysis;

/// <summary>Finds samples by their time without going through all of them: of a day there are 86,400, and they are asked for each second.</summary>
internal static class SeenSamples
{
    /// <summary>How many there were at a look.</summary>
    /// <param name="samples">In the order in which they were seen.</param>
    /// <param name="look">The look's time.</param>
    internal static int CountAt(this IReadOnlyList<SeenSample> samples, DateTimeOffset look) => First(samples, sample => sample.Seen > look);

    /// <summary>The first one that ends after a moment; their number where none does.</summary>
    /// <param name="samples">In the order of their time.</param>
    /// <param name="moment">The moment.</param>
    internal static int FirstAfter(this IReadOnlyList<SeenSample> samples, DateTimeOffset moment) => First(samples, sample => sample.Sample.At > moment);

    /// <param name="samples">Such that all after the first are late, too.</param>
    /// <param name="isLate">What is looked for.</param>
    private static int First(IReadOnlyList<SeenSample> samples, Func<SeenSample, bool> isLate)
    {
        int low = 0;
        int high = samples.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = isLate(samples[middle]) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
