using System.Globalization;

namespace Deployment.Analysis.Sequential;

/// <summary>
/// The batches of one metric in a window, as far as they are complete: both sides have told of a time after them. More samples append
/// batches and change none.
/// </summary>
internal sealed class MetricBatches
{
    /// <summary>Eleven days of seconds: beyond that the clocks of samples are wrong, or batches too short.</summary>
    private const long Most = 1_000_000;

    private readonly MetricSample[] _candidate;
    private readonly MetricSample[] _baseline;
    private readonly BatchCounter? _counter;

    /// <param name="metric">A ratio or a distribution.</param>
    /// <param name="window">Its samples.</param>
    /// <param name="length">The least length of a batch.</param>
    internal MetricBatches(Metric metric, MetricWindow window, TimeSpan length)
    {
        IReadOnlyList<MetricSample> candidate = window.CandidateOf(metric).Samples;
        IReadOnlyList<MetricSample> baseline = window.BaselineOf(metric).Samples;
        _counter = metric.Kind == MetricKind.Ratio ? new BadAnswers()
            : baseline.Count > 0 && baseline[0].Histogram is { } first ? new SlowAnswers(metric.Quantile, first.Bounds)
            : null;
        Problem = _counter is null && baseline.Count > 0 ? $"{metric} of the baseline has samples without a histogram, and values alone can't be compared this way." : null;
        _candidate = Usable(metric, "candidate", candidate);
        _baseline = Usable(metric, "baseline", baseline);
        if (_candidate.Length >= BatchGrid.Deciding && _baseline.Length >= BatchGrid.Deciding)
        {
            Grid = BatchGrid.Of(_candidate, _baseline, length);
        }
        else
        {
            Problem ??= string.Create(CultureInfo.InvariantCulture, $"There are {candidate.Count} samples of {metric} of the candidate and {baseline.Count} of the baseline, and it takes {BatchGrid.Deciding} of each to begin.");
        }
    }

    /// <summary>How time is cut; null while too little is known.</summary>
    internal BatchGrid? Grid { get; }

    /// <summary>For a distribution what counts as slow, and its quantiles.</summary>
    internal SlowAnswers? Slow => _counter as SlowAnswers;

    /// <summary>Why there are no batches, or none after the last one, as a sentence; null when nothing is wrong.</summary>
    internal string? Problem { get; private set; }

    /// <summary>Up to when the batches reach that were given.</summary>
    internal DateTimeOffset Reached { get; private set; }

    /// <summary>The batches in turn, once.</summary>
    internal IEnumerable<Batch> Read()
    {
        if (Grid is null)
        {
            yield break;
        }

        long index = Math.Min(Grid.IndexOf(_candidate[0].At), Grid.IndexOf(_baseline[0].At));
        long incomplete = Math.Min(Grid.IndexOf(_candidate[^1].At), Grid.IndexOf(_baseline[^1].At));
        if (incomplete - index > Most)
        {
            incomplete = index + Most;
            Problem ??= string.Create(CultureInfo.InvariantCulture, $"The samples reach over more than {Most} batches of {Grid.Length}: take longer ones.");
        }

        int candidate = 0;
        int baseline = 0;
        for (; index < incomplete; index++)
        {
            int candidateEnd = End(_candidate, candidate, index);
            int baselineEnd = End(_baseline, baseline, index);
            Batch? batch = _counter!.Count(_candidate.AsSpan(candidate..candidateEnd), _baseline.AsSpan(baseline..baselineEnd));
            (candidate, baseline) = (candidateEnd, baselineEnd);
            if (batch is { } counted)
            {
                Reached = Grid.EndOf(index);
                yield return counted;
            }
        }
    }

    private int End(MetricSample[] samples, int from, long index)
    {
        int end = from;
        while (end < samples.Length && Grid!.IndexOf(samples[end].At) <= index)
        {
            end++;
        }

        return end;
    }

    /// <summary>The samples up to the first that can't be counted: what they showed until then stays as it was.</summary>
    private MetricSample[] Usable(Metric metric, string side, IReadOnlyList<MetricSample> samples)
    {
        List<MetricSample> usable = new(samples.Count);
        foreach (MetricSample sample in _counter is null ? [] : samples)
        {
            if (_counter!.Problem(sample) is { } problem)
            {
                Problem ??= $"{metric} of the {side} {problem}.";
                break;
            }

            usable.Add(sample);
        }

        return [.. usable];
    }
}
