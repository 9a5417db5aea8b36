namespace Deployment.Providers.Prometheus.Series;

/// <summary>Samples of one series.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Points">In the order of their time, each later than the one before.</param>
internal sealed record RawSeries(SeriesLabels Labels, IReadOnlyList<RawPoint> Points);
