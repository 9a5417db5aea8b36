using System.Text.Json.Serialization;
using Deployment.Releases;

namespace Deployment.Analysis;

/// <summary>A line of a file of samples. A member that it doesn't have is refused: it may be one that was misspelt.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MetricFileRow
{
    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>The revision's id, or its version.</summary>
    public required string Revision { get; init; }

    /// <summary>The application; null where the file has but one.</summary>
    public string? Application { get; init; }

    /// <summary>The environment; null where the file has but one.</summary>
    public string? Environment { get; init; }

    /// <summary>The target; null where the file has but one.</summary>
    public string? Target { get; init; }

    [JsonConverter(typeof(MetricFileTime))]
    public DateTimeOffset? From { get; init; }

    [JsonConverter(typeof(MetricFileTime))]
    public required DateTimeOffset At { get; init; }

    public double? Value { get; init; }

    public double? Events { get; init; }

    public double? Bad { get; init; }

    public MetricHistogram? Histogram { get; init; }

    [JsonIgnore]
    internal MetricSample Sample => new() { From = From ?? At, At = At, Value = Value, Events = Events ?? Histogram?.Events, Bad = Bad, Histogram = Histogram };

    internal bool IsOf(Metric metric, MetricSubject subject) => Metric == metric.Name
        && (Application ?? subject.Revision.Application) == subject.Revision.Application
        && (Environment ?? subject.Environment) == subject.Environment
        && (Target ?? subject.Target) == subject.Target
        && (Revision == subject.Revision.ToString() || (Revision == subject.Revision.Version && subject.Revision.Role == RevisionRole.Release));
}
