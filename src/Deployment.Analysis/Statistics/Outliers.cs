using MathNet.Numerics.Statistics;

namespace Deployment.Analysis.Statistics;

/// <summary>Leaves out values far from the others, by Tukey's fences as Kayenta draws them.</summary>
internal static class Outliers
{
    /// <summary>
    /// The values within the fences: a multiple of the interquartile range below the first and above the third quartile, but never
    /// inside of the 1st and 99th percentile. Quantiles are those of Hyndman and Fan's definition 7.
    /// </summary>
    /// <param name="values">May be empty.</param>
    /// <param name="factor">The multiple; above 0.</param>
    internal static IReadOnlyList<double> Remove(IReadOnlyList<double> values, double factor)
    {
        if (values.Count == 0)
        {
            return values;
        }

        double range = Quantile(0.75) - Quantile(0.25);
        double low = Math.Min(Quantile(0.01), Quantile(0.25) - (factor * range));
        double high = Math.Max(Quantile(0.99), Quantile(0.75) + (factor * range));
        return [.. values.Where(value => value >= low && value <= high)];

        double Quantile(double share) => ArrayStatistics.QuantileCustomInplace([.. values], share, QuantileDefinition.R7);
    }
}
