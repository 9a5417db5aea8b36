using System.Globalization;
using Deployment.Analysis.Comparison;

namespace Deployment.Analysis;

/// <summary>How metrics make a score, and a score a judgement.</summary>
public sealed record ComparisonOptions
{
    private static readonly TimeSpan ShortestPoint = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPoint = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>What is compared: at least one metric that counts.</summary>
    public required IReadOnlyList<ComparedMetric> Metrics { get; init; }

    /// <summary>The score from which a release passes: 0 to 100; default 95. Below it nothing passes, and a person decides at the end.</summary>
    public double Pass { get; init; } = 95;

    /// <summary>The score below which a release is worse: 0 to <see cref="Pass"/>; default 75. From it on the release may go on.</summary>
    public double Marginal { get; init; } = 75;

    /// <summary>How much groups count, in percent, by name: 0 to 100. What is left of 100 is shared evenly by the groups without a weight. Default none.</summary>
    public IReadOnlyDictionary<string, double> GroupWeights { get; init; } = new Dictionary<string, double>();

    /// <summary>Of how much time one value of a metric tells: 1 s to 1 h; default 10 s. Kayenta's own is a minute. Better 50 values than 5.</summary>
    public TimeSpan PointLength { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long lies between two looks: 5 points to 24 h; default 5 minutes. A test of this kind may not be
    /// repeated each second: in between the judgement stays what it was.
    /// </summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Everything that is wrong with these options, as sentences.</summary>
    internal IReadOnlyList<string> Problems() =>
    [
        .. Pass is >= 0 and <= 100 ? [] : Problem($"The score that passes must be 0 to 100, and is {Pass}."),
        .. Marginal >= 0 && Marginal <= Pass ? [] : Problem($"The marginal score must be 0 to the one that passes, {Pass}, and is {Marginal}."),
        .. PointLength >= ShortestPoint && PointLength <= LongestPoint ? [] : Problem($"The length of a point must be 1 s to 1 h, and is {PointLength}."),
        .. Every <= Longest && Every / ComparisonJudge.FewestPoints >= PointLength ? [] : Problem($"The time between two looks must be at least {ComparisonJudge.FewestPoints} points of {PointLength} and at most 24 h, and is {Every}."),
        .. Metrics is null || Metrics.Any(metric => metric is null) ? Problem($"There must be metrics, and none of them may be null.") : [.. Metrics.SelectMany(metric => metric.Problems()), .. OfMetrics(), .. OfWeights()],
    ];

    private IEnumerable<string> OfMetrics()
    {
        if (!Metrics.Any(metric => !metric.IsMuted && metric.Groups?.Count > 0))
        {
            yield return "No metric counts for the score: there must be at least one that has a group and is not muted.";
        }

        foreach (string name in Metrics.GroupBy(metric => metric.Metric.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            yield return $"{name} is compared more than once.";
        }
    }

    private IEnumerable<string> OfWeights()
    {
        string[] groups = [.. Metrics.Where(metric => !metric.IsMuted).SelectMany(metric => metric.Groups ?? []).Distinct(StringComparer.Ordinal)];
        if (GroupWeights is null || GroupWeights.Values.Any(weight => weight is not (>= 0 and <= 100)))
        {
            yield return "The weights of groups must be 0 to 100 each.";
            yield break;
        }

        foreach (string name in GroupWeights.Keys.Where(name => !groups.Contains(name, StringComparer.Ordinal)))
        {
            yield return $"There is a weight for the group '{name}', and no metric is in it.";
        }

        double sum = GroupWeights.Values.Sum();
        bool isWhole = groups.Any(group => !GroupWeights.ContainsKey(group)) ? sum <= 100 : Math.Abs(sum - 100) < 1e-6;
        if (GroupWeights.Count > 0 && !isWhole)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"The weights of groups make {sum}%: it must be 100%, or at most that where a group has none.");
        }
    }

    private static IEnumerable<string> Problem(FormattableString problem) => [problem.ToString(CultureInfo.InvariantCulture)];
}
