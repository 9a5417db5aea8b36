namespace Deployment.Analysis.Sequential;

/// <summary>Makes batches of the bad answers of a ratio.</summary>
internal sealed class BadAnswers : BatchCounter
{
    private readonly WholeCounts _candidate = new();
    private readonly WholeCounts _baseline = new();

    /// <summary>Why a sample can't be counted, as what is said of the metric; null when it can.</summary>
    internal static string? ProblemOf(MetricSample sample) =>
        sample.Events is not { } events || Bad(sample) is not { } bad ? "has samples without counts of all and of bad events, and shares alone can't be compared this way"
        : !(bad >= 0 && bad <= events) ? "has a sample with more bad events than events"
        : events > MostEvents ? "has a sample with more events than can be"
        : null;

    /// <summary>How many were bad. A share that the source made itself tells that as well, where it says of how many events.</summary>
    internal static double? Bad(MetricSample sample) => sample.Bad ?? (sample.Value * sample.Events);

    internal override string? Problem(MetricSample sample) => ProblemOf(sample);

    internal override Batch? Count(ReadOnlySpan<MetricSample> candidate, ReadOnlySpan<MetricSample> baseline) =>
        new Batch(Count(candidate, _candidate), Count(baseline, _baseline));

    private static SideCounts Count(ReadOnlySpan<MetricSample> samples, WholeCounts counts)
    {
        double events = 0;
        double bad = 0;
        foreach (MetricSample sample in samples)
        {
            events += sample.Events!.Value;
            bad += Bad(sample)!.Value;
        }

        return counts.Add(events, bad);
    }
}
