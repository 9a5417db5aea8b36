using System.Globalization;

namespace Deployment.Analysis;

// The rules that compare a value with a number. They look back one minute, and never before the last shift. Increases are compared with a baseline's by
// what came each second, since what was recorded of it may be of another length.
public sealed partial record Metric
{
    private const int FewestEvents = 50;

    /// <summary>It is above a value.</summary>
    /// <param name="value">In <see cref="Unit"/>: 0.10 is 10% of a ratio.</param>
    /// <exception cref="DeploymentException">The value is no finite number.</exception>
    public MetricRule IsAbove(double value) => Rule(ThresholdComparison.Above, value);

    /// <summary>It is below a value.</summary>
    /// <param name="value">In <see cref="Unit"/>.</param>
    /// <exception cref="DeploymentException">The value is no finite number.</exception>
    public MetricRule IsBelow(double value) => Rule(ThresholdComparison.Below, value);

    /// <summary>It is above the baseline's value by more than a share of that. Beside a baseline of 0 every value above 0 is: for error rates take the difference.</summary>
    /// <param name="share">0.2 is a fifth; 0 or more.</param>
    /// <exception cref="DeploymentException">The share is no finite number, or below 0.</exception>
    public MetricRule IsAboveBaselineBy(double share) => Rule(ThresholdComparison.AboveBaselineByShare, share);

    /// <summary>It is above the baseline's value by more than a difference. Increases are compared by what came each second.</summary>
    /// <param name="difference">In <see cref="Unit"/>: 0.05 is 5 percentage points of a ratio; of an increase as many more each second; 0 or more.</param>
    /// <exception cref="DeploymentException">The difference is no finite number, or below 0.</exception>
    public MetricRule IsAboveBaselineByDifference(double difference) => Rule(ThresholdComparison.AboveBaselineByDifference, difference);

    /// <summary>It is below the baseline's value by more than a share of that.</summary>
    /// <param name="share">0.2 is a fifth; 0 or more.</param>
    /// <exception cref="DeploymentException">The share is no finite number, or below 0.</exception>
    public MetricRule IsBelowBaselineBy(double share) => Rule(ThresholdComparison.BelowBaselineByShare, share);

    /// <summary>It is below the baseline's value by more than a difference. Increases are compared by what came each second.</summary>
    /// <param name="difference">In <see cref="Unit"/>; of an increase as many fewer each second; 0 or more.</param>
    /// <exception cref="DeploymentException">The difference is no finite number, or below 0.</exception>
    public MetricRule IsBelowBaselineByDifference(double difference) => Rule(ThresholdComparison.BelowBaselineByDifference, difference);

    /// <summary>So many that ten are expected beyond the quantile: by fewer one slow answer more is another value.</summary>
    private static int FewestFor(double quantile) => (int)Math.Min(1_000_000, Math.Ceiling(Math.Round(10 / Math.Min(quantile, 1 - quantile), 6)));

    private MetricRule Rule(ThresholdComparison comparison, double by)
    {
        bool isValue = comparison is ThresholdComparison.Above or ThresholdComparison.Below;
        return double.IsFinite(by) && (isValue || by >= 0)
            ? new MetricRule(new ThresholdJudge(this, comparison, by))
            {
                Window = TimeSpan.FromMinutes(1),
                MinimumSamples = Kind switch
                {
                    MetricKind.Ratio => FewestEvents,
                    MetricKind.Distribution => Math.Max(FewestEvents, FewestFor(Quantile)),
                    _ => 1,
                },
            }
            : throw new DeploymentException($"{Name} can't be compared with {by.ToString(CultureInfo.InvariantCulture)}: take a finite number{(isValue ? "" : " of 0 or more")}.");
    }
}
