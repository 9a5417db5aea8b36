using System.Globalization;

namespace Deployment.Analysis;

// Metrics as records of watches have them, which are read where the pipeline that measured them may be unknown.
public sealed partial record Metric
{
    internal static Metric Of(WatchSeries series) => new(series.Metric, series.Kind, series.Unit, MetricDirection.EitherIsWorse)
    {
        Quantile = series.Quantile,
        CountsInWarmUp = series.CountsInWarmUp,
    };

    /// <summary>Why samples of another metric of this name can't be judged as this one; null when they can. Another quantile of the same distribution can.</summary>
    internal string? Misfit(WatchSeries recorded) => recorded.Kind == Kind && recorded.Unit == Unit
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{Name} was recorded as {recorded.Kind} in {recorded.Unit}, and the rule takes it for {Kind} in {Unit}");
}
