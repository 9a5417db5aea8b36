using MathNet.Numerics.Statistics;

namespace Deployment.Analysis.Statistics;

/// <summary>Sums of ranks in two samples thrown together, where equal values share the mean of their ranks.</summary>
internal static class RankSums
{
    /// <summary>Mann and Whitney's U: in how many pairs x is larger than y; a tie counts one half.</summary>
    internal static double U(IReadOnlyCollection<double> x, IReadOnlyCollection<double> y)
    {
        double[] ranks = ArrayStatistics.RanksInplace([.. x, .. y], RankDefinition.Average);
        return ranks.Take(x.Count).Sum() - (x.Count * (x.Count + 1.0) / 2);
    }
}
