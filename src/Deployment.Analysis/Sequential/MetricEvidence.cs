namespace Deployment.Analysis.Sequential;

/// <summary>What the batches of one metric showed: up to the one at which the candidate was found worse, or else all of them.</summary>
internal sealed record MetricEvidence
{
    private MetricEvidence()
    {
    }

    internal required Metric Metric { get; init; }

    internal required SequentialReading Reading { get; init; }

    /// <summary>How many batches were counted.</summary>
    internal required int Batches { get; init; }

    /// <summary>In how many both sides had events.</summary>
    internal required int Paired { get; init; }

    /// <summary>The batches' length; null while it isn't known.</summary>
    internal required TimeSpan? Length { get; init; }

    /// <summary>Up to when they reach.</summary>
    internal required DateTimeOffset Reached { get; init; }

    /// <summary>For a distribution what counts as slow.</summary>
    internal required SlowAnswers? Slow { get; init; }

    /// <summary>Why there is too little to tell, as a sentence; null where there is enough.</summary>
    internal string? Lack { get; private init; }

    internal bool IsWorse => Reading.IsWorse;

    internal double Value => Slow?.CandidateQuantile ?? Reading.Candidate.BadShare;

    internal double BaselineValue => Slow?.BaselineQuantile ?? Reading.Baseline.BadShare;

    internal static MetricEvidence Of(Metric metric, MetricWindow window, SequentialOptions options)
    {
        var batches = new MetricBatches(metric, window, options.BatchLength);
        var comparison = new SequentialComparison(options);
        int count = 0;
        int paired = 0;
        foreach (Batch batch in batches.Read())
        {
            count++;
            paired += batch.Candidate.Events > 0 && batch.Baseline.Events > 0 ? 1 : 0;
            comparison.Take(batch);
            if (comparison.IsWorse)
            {
                break;
            }
        }

        return new MetricEvidence
        {
            Metric = metric,
            Reading = comparison.Read(),
            Batches = count,
            Paired = paired,
            Length = batches.Grid?.Length,
            Reached = batches.Reached,
            Slow = batches.Slow,
            Lack = batches.Problem ?? (paired == 0 ? WhyNone(metric, batches) : null),
        };
    }

    private static string WhyNone(Metric metric, MetricBatches batches) =>
        batches.Slow is { Limit: null } slow
            ? FormattableString.Invariant($"What counts as slow for {metric} is set by the baseline's first {slow.Needed:0} events, and it had {slow.Seen:0} so far.")
            : $"There is no batch yet in which both sides have events of {metric}.";
}
