namespace Deployment.Analysis.Tests;

/// <summary>Windows for judges, from samples of one length that follow each other.</summary>
internal static class Windows
{
    internal static DateTimeOffset Start { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A look at a moment sees what ended by then.</summary>
    internal static MetricWindow Of(Metric metric, IEnumerable<MetricSample> candidate, IEnumerable<MetricSample> baseline, double? at = null) =>
        Of(at, (metric, candidate, baseline));

    internal static MetricWindow Of(double? at, params (Metric Metric, IEnumerable<MetricSample> Candidate, IEnumerable<MetricSample> Baseline)[] metrics)
    {
        DateTimeOffset end = Start + TimeSpan.FromSeconds(at ?? metrics.SelectMany(metric => metric.Candidate.Concat(metric.Baseline)).Select(sample => (sample.At - Start).TotalSeconds).DefaultIfEmpty(0).Max());
        return new MetricWindow(
            Start,
            end,
            metrics.ToDictionary(metric => metric.Metric.Name, metric => UpTo(end, metric.Metric, metric.Candidate)),
            metrics.ToDictionary(metric => metric.Metric.Name, metric => UpTo(end, metric.Metric, metric.Baseline)));
    }

    private static MetricSeries UpTo(DateTimeOffset end, Metric metric, IEnumerable<MetricSample> samples) => new(metric, [.. samples.TakeWhile(sample => sample.At <= end)]);

    /// <summary>Samples of ratios, the first from the start on.</summary>
    internal static MetricSample[] Ratios(int count, Func<int, double> bad, double events = 20, double seconds = 1, double phase = 0) =>
        Many(count, seconds, phase, (from, at, i) => MetricSample.Ratio(from, at, bad(i), events));

    internal static MetricSample[] Many(int count, double seconds, double phase, Func<DateTimeOffset, DateTimeOffset, int, MetricSample> make) =>
        [.. Enumerable.Range(0, count).Select(i => make(Start + TimeSpan.FromSeconds((i * seconds) + phase), Start + TimeSpan.FromSeconds(((i + 1) * seconds) + phase), i))];
}
