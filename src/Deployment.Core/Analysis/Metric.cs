using System.Globalization;
using Deployment.Releases;

namespace Deployment.Analysis;

/// <summary>Something that is measured of a release. What rules compare is one value of a window; see <see cref="MetricKind"/>.</summary>
public sealed partial record Metric
{
    private Metric(string name, MetricKind kind, MetricUnit unit, MetricDirection direction)
    {
        Name = Title.Check("metric", name);
        Kind = kind;
        Unit = unit;
        Direction = direction;
    }

    /// <summary>The share of requests that failed. What counts as failed is the source's matter; by default those answered 5xx or not at all.</summary>
    public static Metric ErrorRate { get; } = new("error rate", MetricKind.Ratio, MetricUnit.Ratio, MetricDirection.HigherIsWorse) { CountsInWarmUp = true };

    /// <summary>The time within which half of the requests are answered.</summary>
    public static Metric LatencyP50 { get; } = Latency(0.5);

    /// <summary>The time within which 95% of the requests are answered.</summary>
    public static Metric LatencyP95 { get; } = Latency(0.95);

    /// <summary>The time within which 99% of the requests are answered.</summary>
    public static Metric LatencyP99 { get; } = Latency(0.99);

    /// <summary>Requests each second.</summary>
    public static Metric RequestRate { get; } = new("request rate", MetricKind.Rate, MetricUnit.PerSecond, MetricDirection.LowerIsWorse);

    /// <summary>Bytes that were answered, each second.</summary>
    public static Metric Throughput { get; } = new("throughput", MetricKind.Rate, MetricUnit.BytesPerSecond, MetricDirection.LowerIsWorse);

    /// <summary>Requests or connections that are open.</summary>
    public static Metric ActiveConnections { get; } = new("active connections", MetricKind.Level, MetricUnit.Count, MetricDirection.HigherIsWorse);

    /// <summary>The share of the processors in use.</summary>
    public static Metric Cpu { get; } = new("CPU", MetricKind.Level, MetricUnit.Ratio, MetricDirection.HigherIsWorse);

    /// <summary>The share of the memory in use.</summary>
    public static Metric Memory { get; } = new("memory", MetricKind.Level, MetricUnit.Ratio, MetricDirection.HigherIsWorse);

    /// <summary>The share of the disk in use.</summary>
    public static Metric Disk { get; } = new("disk", MetricKind.Level, MetricUnit.Ratio, MetricDirection.HigherIsWorse) { CountsInWarmUp = true };

    /// <summary>Bytes sent and received, each second.</summary>
    public static Metric Network { get; } = new("network", MetricKind.Rate, MetricUnit.BytesPerSecond, MetricDirection.EitherIsWorse);

    /// <summary>How often instances were started again.</summary>
    public static Metric Restarts { get; } = new("restarts", MetricKind.Increase, MetricUnit.Count, MetricDirection.HigherIsWorse) { CountsInWarmUp = true };

    /// <summary>What people call it, unique in a pipeline: 1 to 120 printable characters.</summary>
    public string Name { get; }

    /// <summary>What its samples are.</summary>
    public MetricKind Kind { get; }

    /// <summary>What it is counted in.</summary>
    public MetricUnit Unit { get; }

    /// <summary>Which change is for the worse.</summary>
    public MetricDirection Direction { get; }

    /// <summary>For a distribution the quantile, above 0 and below 1; 0 for all others.</summary>
    public double Quantile { get; private init; }

    /// <summary>
    /// Whether what was measured in the warm-up after a shift counts. Default false: a process that has just begun is slow without being bad.
    /// Errors, restarts and ratios count.
    /// </summary>
    public bool CountsInWarmUp { get; init; }

    /// <summary>
    /// Whether it grows with the share of the traffic that a release takes: all that is an amount, as are rates, increases and numbers of something.
    /// Shares and times are none. Two releases can only be compared by it where they take as much.
    /// </summary>
    internal bool GrowsWithTraffic => Kind is MetricKind.Rate or MetricKind.Increase || (Kind == MetricKind.Level && Unit is not (MetricUnit.Ratio or MetricUnit.Seconds));

    /// <summary>The time within which a share of the requests is answered.</summary>
    /// <param name="quantile">Above 0, below 1.</param>
    /// <exception cref="DeploymentException">The quantile is none.</exception>
    public static Metric Latency(double quantile) =>
        Distribution(string.Create(CultureInfo.InvariantCulture, $"latency p{quantile * 100:0.#########}"), quantile, MetricUnit.Seconds);

    /// <summary>A share of your own, such as payments refused of all payments.</summary>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    public static Metric Ratio(string name, MetricDirection direction = MetricDirection.HigherIsWorse) =>
        new(name, MetricKind.Ratio, MetricUnit.Ratio, direction) { CountsInWarmUp = true };

    /// <summary>A quantile of your own.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="quantile">Above 0, below 1.</param>
    /// <param name="unit">What it is counted in.</param>
    /// <param name="direction">Which change is for the worse.</param>
    /// <exception cref="DeploymentException">The name can't be used, or the quantile is none.</exception>
    public static Metric Distribution(string name, double quantile, MetricUnit unit, MetricDirection direction = MetricDirection.HigherIsWorse) =>
        quantile is > 0 and < 1
            ? new(name, MetricKind.Distribution, unit, direction) { Quantile = quantile }
            : throw new DeploymentException($"A quantile must be above 0 and below 1, and that of '{Naming.Printable(name)}' is {quantile.ToString(CultureInfo.InvariantCulture)}. The 95th percentile is 0.95.");

    /// <summary>Something of your own that is counted, each second, such as orders.</summary>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    public static Metric Rate(string name, MetricDirection direction, MetricUnit unit = MetricUnit.PerSecond) => new(name, MetricKind.Rate, unit, direction);

    /// <summary>Something of your own that is counted, such as messages that could not be read.</summary>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    public static Metric Increase(string name, MetricDirection direction = MetricDirection.HigherIsWorse) =>
        new(name, MetricKind.Increase, MetricUnit.Count, direction) { CountsInWarmUp = true };

    /// <summary>Something of your own that stands at a value, such as the length of a queue.</summary>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    public static Metric Level(string name, MetricUnit unit, MetricDirection direction = MetricDirection.HigherIsWorse) => new(name, MetricKind.Level, unit, direction);

    /// <summary>A value for people, such as <c>12.5%</c> or <c>120 ms</c>.</summary>
    public string Text(double value) => Unit switch
    {
        _ when !double.IsFinite(value) => "no value",
        MetricUnit.Ratio => $"{Number(value * 100)}%",
        MetricUnit.Seconds when Math.Abs(value) < 1 => $"{Number(value * 1000)} ms",
        MetricUnit.Seconds => $"{Number(value)} s",
        MetricUnit.PerSecond => $"{Number(value)}/s",
        MetricUnit.Bytes => $"{Number(value, decimals: 0)} B",
        MetricUnit.BytesPerSecond => $"{Number(value, decimals: 0)} B/s",
        _ => Number(value),
    };

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>What is rounded to nothing has no sign.</summary>
    private static string Number(double value, int decimals = 3) => (Math.Round(value, decimals, MidpointRounding.AwayFromZero) + 0.0).ToString("0.###", CultureInfo.InvariantCulture);
}
