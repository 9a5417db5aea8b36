namespace Deployment.Analysis.Sequential;

/// <summary>
/// Makes batches of bad answers from latencies, so that one test serves both: an answer is bad when it is slower than a quantile of
/// the baseline. The limit is set once, by the baseline's first answers, which are not counted after that.
/// </summary>
/// <remarks>
/// For any limit that was fixed before, versions of equal latency have equal shares above it. So the comparison's false alarms don't
/// depend on how well the quantile was met, and only its power does.
/// </remarks>
internal sealed class SlowAnswers
{
    /// <summary>As many answers above the limit are wanted among those that set it.</summary>
    private const double Above = 10;

    private readonly List<double> _first = [];
    private readonly double _quantile;
    private readonly int _needed;

    /// <param name="quantile">Of the baseline's latencies; above 0, below 1. 0.95 is the default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quantile is not between 0 and 1.</exception>
    internal SlowAnswers(double quantile = 0.95)
    {
        if (quantile is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "A quantile must be above 0 and below 1.");
        }

        _quantile = quantile;
        _needed = (int)Math.Ceiling(Math.Round(Above / (1 - quantile), 6));
    }

    /// <summary>Above which latency an answer is slow, in the unit of the latencies; null until enough answers were seen.</summary>
    internal double? Limit { get; private set; }

    /// <summary>The batch of slow answers; null while the limit is being set. NaN and infinity, for answers that never came, are slow.</summary>
    internal Batch? Count(IReadOnlyCollection<double> candidate, IReadOnlyCollection<double> baseline)
    {
        if (Limit is { } limit)
        {
            return new Batch(Slow(candidate, limit), Slow(baseline, limit));
        }

        _first.AddRange(baseline.Select(Known));
        if (_first.Count >= _needed)
        {
            double[] ordered = [.. _first.Order()];
            Limit = ordered[Math.Min(ordered.Length - 1, (int)Math.Ceiling(_quantile * ordered.Length) - 1)];
            _first.Clear();
        }

        return null;
    }

    private static SideCounts Slow(IReadOnlyCollection<double> latencies, double limit) => new(latencies.Count, latencies.Count(latency => Known(latency) > limit));

    private static double Known(double latency) => double.IsNaN(latency) ? double.PositiveInfinity : latency;
}
