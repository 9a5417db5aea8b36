namespace Deployment.Providers.Prometheus.Series;

/// <summary>A sample as it was scraped.</summary>
/// <param name="Time">Its own time, in milliseconds of the epoch.</param>
/// <param name="Value">Its value; may be none.</param>
internal readonly record struct RawPoint(long Time, double Value);
