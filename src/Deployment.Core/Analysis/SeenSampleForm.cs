using System.Collections.Immutable;

namespace Deployment.Analysis;

/// <summary>A sample as it is written.</summary>
/// <param name="Seen">The look's time.</param>
/// <param name="Sample">The sample without its histogram.</param>
internal sealed record SeenSampleForm(DateTimeOffset Seen, MetricSample Sample)
{
    /// <summary>In which of the buckets its events were counted.</summary>
    public int? In { get; init; }

    /// <summary>How many, by the number of the bucket; none of the others.</summary>
    public ImmutableSortedDictionary<int, double>? Counts { get; init; }
}
