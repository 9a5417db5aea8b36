using System.Globalization;

namespace Deployment.Analysis;

/// <summary>How one metric is judged in a comparison as Kayenta defines it; the defaults are Kayenta's unless it is said otherwise.</summary>
public sealed record ComparedMetric
{
    /// <summary>Begins with the defaults.</summary>
    /// <param name="metric">What is compared, of any kind: the value of each point of time.</param>
    public ComparedMetric(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Metric = metric;
        Direction = metric.Direction;
    }

    /// <summary>What is compared.</summary>
    public Metric Metric { get; }

    /// <summary>The groups to whose scores it counts; default one group <c>all</c>. One of no group counts only if it is critical.</summary>
    public IReadOnlyList<string> Groups { get; init; } = ["all"];

    /// <summary>Which change is a failure. Default that of the metric; Kayenta's is either.</summary>
    public MetricDirection Direction { get; init; }

    /// <summary>What a point without a value means. Default: it is left out.</summary>
    public MissingValues MissingValues { get; init; }

    /// <summary>Outliers are left out that lie so many interquartile ranges beyond the quartiles. Above 0, Kayenta's is 3; default null, all are kept.</summary>
    public double? OutlierFactor { get; init; }

    /// <summary>Whether its failure fails the release, whatever the score is. Default false.</summary>
    public bool IsCritical { get; init; }

    /// <summary>
    /// Whether it must have values on both sides. Default true, since what is missing never passes: it counts as failed, and nothing is rolled
    /// back for that alone. False, Kayenta's default, leaves it out of its groups' scores, so that a release passes without it.
    /// </summary>
    public bool MustHaveData { get; init; } = true;

    /// <summary>Whether it is reported and left out of the score. Default false.</summary>
    public bool IsMuted { get; init; }

    /// <summary>How large a significant difference must be to count.</summary>
    public EffectSizeLimits EffectSize { get; init; } = new();

    /// <summary>How far beyond zero the interval of the shift must lie, as a fraction of the estimated shift. 0 or more; default 0.25.</summary>
    public double Tolerance { get; init; } = 0.25;

    /// <summary>The level of the shift's confidence interval. Above 0, below 1; default 0.98.</summary>
    public double Confidence { get; init; } = 0.98;

    /// <summary>Everything that is wrong with it, as sentences.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Groups is null || Groups.Any(string.IsNullOrWhiteSpace) || Groups.Distinct(StringComparer.Ordinal).Count() != Groups.Count)
        {
            yield return $"The groups of {Metric} must have names, each only once.";
        }
        else if (Groups.Count == 0 && !IsCritical && !IsMuted)
        {
            yield return $"{Metric} has no group and is not critical, so that it counts for nothing: give it a group, or mute it.";
        }

        if (!Enum.IsDefined(Direction) || !Enum.IsDefined(MissingValues))
        {
            yield return $"{Metric} has a direction or a meaning of missing values that there is not.";
        }

        if (OutlierFactor is not (null or (> 0 and < double.PositiveInfinity)))
        {
            yield return Text($"The outlier factor of {Metric} must be above 0, and is {OutlierFactor}.");
        }

        if (Tolerance is not (>= 0 and < double.PositiveInfinity))
        {
            yield return Text($"The tolerance of {Metric} must be 0 or more, and is {Tolerance}.");
        }

        if (Confidence is not (> 0 and < 1))
        {
            yield return Text($"The confidence of {Metric} must be above 0 and below 1, and is {Confidence}.");
        }

        foreach (string problem in EffectSize?.Problems() ?? ["There must be limits, which may be empty."])
        {
            yield return $"The effect size of {Metric}: {problem}";
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
