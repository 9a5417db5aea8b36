namespace Deployment.Analysis.Comparison;

/// <summary>The values of a metric in points of one length, which is what a comparison compares.</summary>
internal static class MetricPoints
{
    /// <summary>A month of seconds: beyond that the clocks of samples are wrong.</summary>
    private const int Most = 3_000_000;

    /// <summary>
    /// The value of each whole point from the first that has one, NaN where a sample is missing. A point that a longer sample reaches over is
    /// not missing: it is told of in the point in which that sample ends.
    /// </summary>
    /// <param name="series">Its samples.</param>
    /// <param name="begin">Where the first point begins.</param>
    /// <param name="end">After which nothing is looked at.</param>
    /// <param name="length">The length of a point.</param>
    internal static IReadOnlyList<double> Of(MetricSeries series, DateTimeOffset begin, DateTimeOffset end, TimeSpan length)
    {
        List<double> points = [];
        IReadOnlyList<MetricSample> samples = series.Samples;
        long count = Math.Min(Most, (end - begin).Ticks / length.Ticks);
        long next = -1;
        for (int i = 0; i < samples.Count;)
        {
            long index = IndexOf(samples[i].At);
            int first = i;
            while (i < samples.Count && IndexOf(samples[i].At) == index)
            {
                i++;
            }

            if (index >= count)
            {
                break;
            }

            long told = Math.Clamp((samples[first].From - begin).Ticks / length.Ticks, 0, index);
            points.AddRange(Enumerable.Repeat(double.NaN, next < 0 ? 0 : (int)Math.Max(0, told - next)));
            points.Add((series with { Samples = [.. samples.Skip(first).Take(i - first)] }).Value);
            next = index + 1;
        }

        points.AddRange(Enumerable.Repeat(double.NaN, next < 0 ? 0 : (int)(count - next)));
        return points;

        // A point has its end, not its beginning, as a sample does; what stands at a moment counts from the first on.
        long IndexOf(DateTimeOffset moment) => Math.Max(0, ((moment - begin).Ticks - 1) / length.Ticks);
    }
}
