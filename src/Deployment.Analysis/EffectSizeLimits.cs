using System.Globalization;
using Deployment.Analysis.Comparison;
using Deployment.Analysis.Statistics;

namespace Deployment.Analysis;

/// <summary>How large a significant difference must be to count. What is not given is the measure's value for no difference, so that every size does.</summary>
public sealed record EffectSizeLimits
{
    /// <summary>How the size is told. Default the ratio of the means.</summary>
    public EffectSizeMeasure Measure { get; init; }

    /// <summary>From which size on a higher metric fails: 1 or more of a ratio, 0.5 to 1 of pairs. Default null, from any.</summary>
    public double? AllowedIncrease { get; init; }

    /// <summary>Down from which size a lower metric fails: 0 to 1 of a ratio, 0 to 0.5 of pairs. Default null, from any.</summary>
    public double? AllowedDecrease { get; init; }

    /// <summary>From which size on a higher metric that is critical fails the release; in the range of <see cref="AllowedIncrease"/>. Default null, from any.</summary>
    public double? CriticalIncrease { get; init; }

    /// <summary>Down from which size a lower metric that is critical fails the release; in the range of <see cref="AllowedDecrease"/>. Default null, from any.</summary>
    public double? CriticalDecrease { get; init; }

    /// <summary>Whether a label is earned by this size. A size that can't be told (NaN) doesn't excuse.</summary>
    internal bool Fails(MetricLabel label, double size) => Reached(label, size, AllowedIncrease, AllowedDecrease);

    /// <summary>Whether a label of a critical metric fails the release.</summary>
    internal bool FailsCritically(MetricLabel label, double size) => Reached(label, size, CriticalIncrease, CriticalDecrease);

    /// <summary>Everything that is wrong with them, as sentences.</summary>
    internal IReadOnlyList<string> Problems()
    {
        if (!Enum.IsDefined(Measure))
        {
            return [$"There is no measure {(int)Measure}."];
        }

        double neutral = EffectSize.Neutral(Measure);
        double most = Measure == EffectSizeMeasure.CommonLanguage ? 1 : double.MaxValue;
        return
        [
            .. Problem("allowed increase", AllowedIncrease, neutral, most),
            .. Problem("allowed decrease", AllowedDecrease, 0, neutral),
            .. Problem("critical increase", CriticalIncrease, neutral, most),
            .. Problem("critical decrease", CriticalDecrease, 0, neutral),
        ];
    }

    private static IEnumerable<string> Problem(string name, double? limit, double least, double most) =>
        limit is null || (limit >= least && limit <= most) ? []
        : [string.Create(CultureInfo.InvariantCulture, $"The {name} must be {(most == double.MaxValue ? $"{least} or more" : $"{least} to {most}")}, and is {limit}.")];

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
