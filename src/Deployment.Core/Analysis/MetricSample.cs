using System.Globalization;
using System.Text.Json.Serialization;

namespace Deployment.Analysis;

/// <summary>What was measured up to a moment.</summary>
public sealed record MetricSample
{
    /// <summary>Where the time begins that it tells of; the moment itself for a level.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The moment, by the clock of what was measured: never the time of asking.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The value, where the source computed it itself or it is a level; null where it is made of what follows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Value { get; init; }

    /// <summary>How many events it rests on; null where the source can't tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Events { get; init; }

    /// <summary>For a ratio: how many of the events were bad.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Bad { get; init; }

    /// <summary>For a distribution: how its events lie.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MetricHistogram? Histogram { get; init; }

    /// <summary>How something stood at a moment.</summary>
    public static MetricSample Level(DateTimeOffset at, double value) => new() { From = at, At = at, Value = value };

    /// <summary>A value that the source itself made of a stretch of time.</summary>
    /// <param name="from">Where that time begins.</param>
    /// <param name="at">Where it ends.</param>
    /// <param name="value">The value.</param>
    /// <param name="events">How many events it rests on; null where that isn't known.</param>
    public static MetricSample Figure(DateTimeOffset from, DateTimeOffset at, double value, double? events = null) =>
        new() { From = from, At = at, Value = value, Events = events };

    /// <summary>Events of a stretch of time, and how many of them were bad.</summary>
    public static MetricSample Ratio(DateTimeOffset from, DateTimeOffset at, double bad, double events) => new() { From = from, At = at, Bad = bad, Events = events };

    /// <summary>How much was counted in a stretch of time.</summary>
    public static MetricSample Counted(DateTimeOffset from, DateTimeOffset at, double events) => new() { From = from, At = at, Events = events };

    /// <summary>How large the events of a stretch of time were.</summary>
    public static MetricSample Distribution(DateTimeOffset from, DateTimeOffset at, MetricHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return new() { From = from, At = at, Events = histogram.Events, Histogram = histogram };
    }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    internal string? Problem(Metric metric)
    {
        double?[] numbers = [Value, Events, Bad];
        bool fits = metric.Kind switch
        {
            MetricKind.Ratio => Value is not null || (Bad is not null && Events is not null),
            MetricKind.Distribution => Value is not null || Histogram is not null,
            MetricKind.Level => Value is not null,
            _ => Value is not null || Events is not null,
        };
        return !fits ? $"a sample has nothing that makes {(metric.Kind == MetricKind.Increase ? "an" : "a")} {metric.Kind.ToString().ToLowerInvariant()}"
            : numbers.FirstOrDefault(number => number is { } known && !double.IsFinite(known)) is { } endless ? string.Create(CultureInfo.InvariantCulture, $"a sample is {endless}")
            : Events < 0 ? string.Create(CultureInfo.InvariantCulture, $"a sample has {Events} events")
            : Bad < 0 || Bad > Events ? string.Create(CultureInfo.InvariantCulture, $"a sample has {Bad} bad ones of {Events}")
            : metric.Kind == MetricKind.Ratio && Value is (< 0 or > 1) ? string.Create(CultureInfo.InvariantCulture, $"a sample says that {Value} of all were bad, and a ratio is 0 to 1")
            : From > At ? "a sample ends before it begins"
            : null;
    }

    /// <summary>
    /// Why it can't come after another one; null when it can. What is counted must not tell of the same time twice; levels, and values without a count that a
    /// source makes of a stretch that moves on, are only averaged.
    /// </summary>
    internal string? Misplacement(MetricSample? before, Metric metric) =>
        before is null ? null
        : At < before.At ? "a sample is older than one that came before it"
        : IsCounted(metric) && From < before.At ? $"a sample begins at {From.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC, before the end of the one before it ({before.At.UtcDateTime:HH:mm:ss.fff}): both tell of the same time, which would count twice"
        : null;

    private bool IsCounted(Metric metric) => metric.Kind == MetricKind.Increase || (metric.Kind != MetricKind.Level && (Events is not null || Bad is not null || Histogram is not null));
}
