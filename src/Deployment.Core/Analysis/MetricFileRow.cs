using System.Text.Json.Serialization;

namespace Deployment.Analysis;

/// <summary>A line of a file of samples.</summary>
internal sealed record MetricFileRow
{
    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>The revision's id, or its version.</summary>
    public required string Revision { get; init; }

    public DateTimeOffset? From { get; init; }

    public required DateTimeOffset At { get; init; }

    public double? Value { get; init; }

    public double? Events { get; init; }

    public double? Bad { get; init; }

    public MetricHistogram? Histogram { get; init; }

    [JsonIgnore]
    internal MetricSample Sample => new() { From = From ?? At, At = At, Value = Value, Events = Events, Bad = Bad, Histogram = Histogram };

    internal bool IsOf(Metric metric, MetricSubject subject) => Metric == metric.Name && (Revision == subject.Revision.ToString() || Revision == subject.Revision.Version);
}
