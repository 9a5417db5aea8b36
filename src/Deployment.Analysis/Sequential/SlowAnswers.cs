using System.Collections.Immutable;

namespace Deployment.Analysis.Sequential;

/// <summary>
/// Makes batches of bad answers from distributions, so that one test serves both: an answer is bad when it lies above a bound of the
/// buckets near a quantile of the baseline. The limit is set once, by the baseline's first answers, which are not counted.
/// </summary>
/// <remarks>
/// For any limit that was fixed before, versions of equal latency have equal shares above it. So the comparison's false alarms don't
/// depend on how well the quantile was met, and only its power does.
/// </remarks>
internal sealed class SlowAnswers : BatchCounter
{
    /// <summary>As many answers above the limit are wanted among those that set it.</summary>
    private const double Above = 10;

    private readonly double _quantile;
    private readonly ImmutableArray<double> _bounds;
    private readonly double[] _candidate;
    private readonly double[] _baseline;
    private readonly WholeCounts _candidateCounts = new();
    private readonly WholeCounts _baselineCounts = new();

    /// <param name="quantile">Of the baseline's answers; above 0, below 1.</param>
    /// <param name="bounds">Of the buckets that all samples must have.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quantile is not between 0 and 1.</exception>
    internal SlowAnswers(double quantile, ImmutableArray<double> bounds)
    {
        if (quantile is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "A quantile must be above 0 and below 1.");
        }

        _quantile = quantile;
        _bounds = bounds;
        _candidate = new double[bounds.Length + 1];
        _baseline = new double[bounds.Length + 1];
        Needed = Math.Ceiling(Math.Round(Above / (1 - quantile), 6));
    }

    /// <summary>How many answers of the baseline set the limit: 200 for the 95th percentile.</summary>
    internal double Needed { get; }

    /// <summary>How many the baseline has given to that end.</summary>
    internal double Seen { get; private set; }

    /// <summary>Above which bound an answer is slow, in the unit of the metric; null until enough answers were seen.</summary>
    internal double? Limit { get; private set; }

    /// <summary>The candidate's quantile of all that was counted; NaN while nothing was.</summary>
    internal double CandidateQuantile => new MetricHistogram(_bounds, [.. _candidate]).Quantile(_quantile);

    /// <summary>The baseline's.</summary>
    internal double BaselineQuantile => new MetricHistogram(_bounds, [.. _baseline]).Quantile(_quantile);

    internal override string? Problem(MetricSample sample) =>
        sample.Histogram is not { } histogram ? "has samples without a histogram, and values alone can't be compared this way"
        : !(histogram.Bounds == _bounds || histogram.Bounds.SequenceEqual(_bounds)) ? "is not measured in the buckets with which the baseline began: both sides must keep to the same ones"
        : histogram.Events > MostEvents ? "has a sample with more events than can be"
        : null;

    internal override Batch? Count(ReadOnlySpan<MetricSample> candidate, ReadOnlySpan<MetricSample> baseline)
    {
        if (Limit is { } limit)
        {
            return new Batch(Slow(candidate, _candidate, _candidateCounts, limit), Slow(baseline, _baseline, _baselineCounts, limit));
        }

        foreach (MetricSample sample in baseline)
        {
            Seen += Add(_baseline, sample.Histogram!);
        }

        if (Seen >= Needed)
        {
            Limit = Nearest();
            Array.Clear(_baseline);
        }

        return null;
    }

    /// <summary>The bound above which the share of the first answers is nearest to what lies above the quantile; of equals the lowest.</summary>
    private double Nearest()
    {
        double above = Seen;
        double nearest = double.PositiveInfinity;
        double limit = _bounds[0];
        for (int i = 0; i < _bounds.Length; i++)
        {
            above -= _baseline[i];
            double distance = Math.Abs((above / Seen) - (1 - _quantile));
            if (distance < nearest)
            {
                (nearest, limit) = (distance, _bounds[i]);
            }
        }

        return limit;
    }

    private static SideCounts Slow(ReadOnlySpan<MetricSample> samples, double[] sums, WholeCounts counts, double limit)
    {
        double events = 0;
        double slow = 0;
        foreach (MetricSample sample in samples)
        {
            events += Add(sums, sample.Histogram!);
            slow += sample.Histogram!.Above(limit);
        }

        return counts.Add(events, slow);
    }

    private static double Add(double[] sums, MetricHistogram histogram)
    {
        ImmutableArray<double> counts = histogram.Counts;
        double events = 0;
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += counts[i];
            events += counts[i];
        }

        return events;
    }
}
