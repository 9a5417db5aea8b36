using Deployment.Analysis.Statistics;

namespace Deployment.Analysis.Comparison;

/// <summary>How large a significant difference must be to count. What is not given is the measure's value for no difference.</summary>
internal sealed record EffectSizeLimits
{
    /// <summary>How the size is told; the ratio of the means is the default.</summary>
    internal EffectSizeMeasure Measure { get; init; } = EffectSizeMeasure.MeanRatio;

    /// <summary>From which size on a higher metric fails.</summary>
    internal double? AllowedIncrease { get; init; }

    /// <summary>Down from which size a lower metric fails.</summary>
    internal double? AllowedDecrease { get; init; }

    /// <summary>From which size on a higher metric that is critical fails the release.</summary>
    internal double? CriticalIncrease { get; init; }

    /// <summary>Down from which size a lower metric that is critical fails the release.</summary>
    internal double? CriticalDecrease { get; init; }

    /// <summary>Whether a label is earned by this size. A size that can't be told (NaN) doesn't excuse.</summary>
    internal bool Fails(MetricLabel label, double size) => Reached(label, size, AllowedIncrease, AllowedDecrease);

    /// <summary>Whether a label of a critical metric fails the release.</summary>
    internal bool FailsCritically(MetricLabel label, double size) => Reached(label, size, CriticalIncrease, CriticalDecrease);

    private bool Reached(MetricLabel label, double size, double? increase, double? decrease)
    {
        double neutral = EffectSize.Neutral(Measure);
        return label switch
        {
            MetricLabel.High => double.IsNaN(size) || size >= (increase ?? neutral),
            MetricLabel.Low => double.IsNaN(size) || size <= (decrease ?? neutral),
            _ => false,
        };
    }
}
