using MathNet.Numerics.Distributions;

namespace Deployment.Analysis.Statistics;

/// <summary>
/// The Mann-Whitney U test, also called Wilcoxon's rank sum test, by its normal approximation with the corrections for ties and for
/// continuity, and the confidence interval of the shift that the test doesn't reject.
/// </summary>
/// <remarks>
/// Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3rd edition, 4.1 to 4.3; what R calls
/// <c>wilcox.test(x, y, conf.int = TRUE, exact = FALSE)</c>, and what Kayenta does. Both search the ends of the interval with a root
/// finder. The statistic as a function of the shift is a staircase which changes at the differences x − y alone, so that the ends are
/// differences of known rank, and exact.
/// </remarks>
internal static class MannWhitney
{
    /// <param name="x">Finite values, at least one.</param>
    /// <param name="y">Finite values, at least one.</param>
    /// <param name="confidence">The interval's level; above 0, below 1.</param>
    /// <exception cref="ArgumentException">A sample is empty or has a value that is not finite.</exception>
    internal static MannWhitneyResult Test(IReadOnlyCollection<double> x, IReadOnlyCollection<double> y, double confidence)
    {
        Check(x, nameof(x));
        Check(y, nameof(y));
        var differences = new PairwiseDifferences(x, y);
        (double lower, double upper) = Interval(differences, Deviation(x.Count, y.Count, Ties(x) + Ties(y)), confidence);
        double u = RankSums.U(x, y);
        return new MannWhitneyResult(u, PValue(u - (differences.Count / 2.0), Deviation(x.Count, y.Count, Ties(x.Concat(y)))), differences.Median, lower, upper);
    }

    /// <summary>Between two differences only values of one sample are tied, so that the deviation is the same on every step of the staircase.</summary>
    private static (double Lower, double Upper) Interval(PairwiseDifferences differences, double deviation, double confidence)
    {
        double quantile = Normal.InvCDF(0, 1, 1 - ((1 - confidence) / 2));
        double middle = differences.Count / 2.0;
        double width = 0.5 + (quantile * deviation);

        // The lowest step that is rejected as too high, and the highest that is rejected as too low, counted by the differences above a shift.
        long tooHigh = (long)Math.Floor(middle + width) + 1;
        long tooLow = (long)Math.Ceiling(middle - width) - 1;
        return (differences.Smallest(differences.Count - tooHigh + 1), differences.Smallest(differences.Count - tooLow));
    }

    private static double PValue(double distance, double deviation)
    {
        if (deviation == 0)
        {
            return 1;
        }

        double z = (Math.Abs(distance) - (distance == 0 ? 0 : 0.5)) / deviation;
        return Math.Min(1, 2 * Normal.CDF(0, 1, -z));
    }

    private static double Deviation(double x, double y, double ties)
    {
        double both = x + y;
        return Math.Sqrt(Math.Max(0, x * y / 12 * (both + 1 - (ties / (both * (both - 1))))));
    }

    /// <summary>The sum of t³ − t over the groups of t equal values.</summary>
    private static double Ties(IEnumerable<double> values) => values.CountBy(value => value).Sum(group => Math.Pow(group.Value, 3) - group.Value);

    private static void Check(IReadOnlyCollection<double> sample, string name)
    {
        if (sample.Count == 0 || !sample.All(double.IsFinite))
        {
            throw new ArgumentException("A sample must have values, and all of them must be finite.", name);
        }
    }
}
