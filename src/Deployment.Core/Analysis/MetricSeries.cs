namespace Deployment.Analysis;

/// <summary>The samples of one metric of one subject in a window, in the order of their time.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Samples">Each one finite and possible; the reader has made sure of that.</param>
public sealed record MetricSeries(Metric Metric, IReadOnlyList<MetricSample> Samples)
{
    /// <summary>How many events there are; null where a sample can't tell.</summary>
    public double? Events => Samples.Aggregate((double?)0, (sum, sample) => sum + sample.Events);

    /// <summary>How many of them were bad; null where a sample can't tell.</summary>
    public double? Bad => Samples.Aggregate((double?)0, (sum, sample) => sum + sample.Bad);

    /// <summary>What minimum samples are counted in: for ratios and distributions the events where they are known, else the samples.</summary>
    public double Size => Metric.Kind is MetricKind.Ratio or MetricKind.Distribution ? Events ?? Samples.Count : Samples.Count;

    /// <summary>Whether there are as many as a rule asks for. Of how many events a value was made that the source made itself nobody knows: one will do.</summary>
    internal bool HasEnough(int minimum) => Samples.Count > 0 && (Size >= minimum || (Metric.Kind is MetricKind.Ratio or MetricKind.Distribution && Events is null));

    /// <summary>All histograms as one; null where a sample has none, and where there is no sample.</summary>
    public MetricHistogram? Histogram =>
        Samples.Count > 0 && Samples.All(sample => sample.Histogram is not null) ? MetricHistogram.Sum([.. Samples.Select(sample => sample.Histogram!)]) : null;

    /// <summary>
    /// The one value that all samples make, by <see cref="MetricKind"/>; NaN where there is none. Values that the source made itself are
    /// averaged, weighted by their events where those are known: of quantiles that is an approximation. Increases are added up; where they tell
    /// of the same time twice there is no value.
    /// </summary>
    public double Value => Samples.Count == 0 ? double.NaN
        : Samples.All(sample => sample.Value is not null) ? (Metric.Kind == MetricKind.Increase ? Sum() : Mean())
        : Metric.Kind switch
        {
            MetricKind.Ratio => Events > 0 ? (Bad / Events) ?? double.NaN : double.NaN,
            MetricKind.Distribution => Histogram?.Quantile(Metric.Quantile) ?? double.NaN,
            MetricKind.Rate => Seconds > 0 ? (Events / Seconds) ?? double.NaN : double.NaN,
            MetricKind.Increase => Events ?? double.NaN,
            _ => double.NaN,
        };

    /// <summary>Of an increase how much came each second of the time that the samples tell of; NaN where that has no length.</summary>
    internal double PerSecond => Seconds > 0 ? Value / Seconds : double.NaN;

    /// <summary>The time that the samples tell of.</summary>
    private double Seconds => Samples.Sum(sample => (sample.At - sample.From).TotalSeconds);

    /// <summary>What the value may be at least, by so many standard errors, where the number of its events says so; else the value.</summary>
    internal double Below(double standardErrors) => End(-standardErrors);

    /// <summary>What it may be at most.</summary>
    internal double Above(double standardErrors) => End(standardErrors);

    /// <summary>Of a ratio by Wilson's interval (1927); of a quantile the one whose rank is so many standard errors (of a binomial share) away.</summary>
    private double End(double z)
    {
        double events = Events ?? 0;
        if (events <= 0)
        {
            return Value;
        }

        return Metric.Kind switch
        {
            MetricKind.Ratio when Bad is { } bad => Wilson(bad / events, events, z),
            MetricKind.Distribution when Histogram is { } histogram => histogram.Quantile(Math.Clamp(Metric.Quantile + (z * Math.Sqrt(Metric.Quantile * (1 - Metric.Quantile) / events)), 1e-9, 1 - 1e-9)),
            _ => Value,
        };
    }

    private static double Wilson(double share, double events, double z) =>
        (share + (z * z / (2 * events)) + (z * Math.Sqrt((share * (1 - share) / events) + (z * z / (4 * events * events))))) / (1 + (z * z / events));

    /// <summary>Between which bounds the value lies, where it is a quantile that was read off buckets; null where it is exact.</summary>
    internal (double Lower, double Upper)? Within =>
        Metric.Kind == MetricKind.Distribution && !Samples.All(sample => sample.Value is not null) ? Histogram?.Within(Metric.Quantile) : null;

    private double Sum() => Samples.Zip(Samples.Skip(1)).All(pair => pair.Second.From >= pair.First.At) ? Samples.Sum(sample => sample.Value!.Value) : double.NaN;

    private double Mean()
    {
        double weights = Events ?? 0;
        return weights > 0
            ? Samples.Sum(sample => sample.Value!.Value * sample.Events!.Value) / weights
            : Samples.Average(sample => sample.Value!.Value);
    }
}
