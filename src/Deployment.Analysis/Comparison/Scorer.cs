using System.Globalization;

namespace Deployment.Analysis.Comparison;

/// <summary>Makes a score and a verdict of classified metrics, as Kayenta does.</summary>
internal static class Scorer
{
    private const double TooManyWithoutData = 50;

    /// <summary>Scores metrics; muted ones are left out.</summary>
    internal static ReleaseScore Score(IEnumerable<MetricClassification> metrics, ComparisonOptions rules)
    {
        MetricClassification[] counted = [.. metrics.Where(metric => !metric.Rule.IsMuted)];
        return Score(counted, rules, WhyZero(counted));
    }

    /// <summary>The score if nothing were missing that is: what a release fails by for its values alone.</summary>
    internal static ReleaseScore ScoreOfValues(IEnumerable<MetricClassification> metrics, ComparisonOptions rules)
    {
        MetricClassification[] counted = [.. metrics.Where(metric => !metric.Rule.IsMuted).Select(metric => metric.LacksData ? metric with { Label = MetricLabel.NoData, FailsRelease = false } : metric)];
        return Score(counted, rules, WhyCritical(counted));
    }

    private static ReleaseScore Score(MetricClassification[] counted, ComparisonOptions rules, string? reason)
    {
        IReadOnlyList<GroupScore> groups = Groups(counted, rules.GroupWeights);
        double score = reason is null ? Math.Round(groups.Sum(group => group.Score * group.Weight / 100), 2, MidpointRounding.AwayFromZero) : 0;
        return new ReleaseScore
        {
            Score = score,
            Verdict = score >= rules.Pass ? ReleaseVerdict.Pass : score >= rules.Marginal ? ReleaseVerdict.Marginal : ReleaseVerdict.Fail,
            Reason = reason,
            Groups = groups,
        };
    }

    private static string? WhyZero(MetricClassification[] metrics)
    {
        if (WhyCritical(metrics) is { } reason)
        {
            return reason;
        }

        int without = metrics.Count(metric => metric.Label == MetricLabel.NoData);
        return metrics.Length > 0 && 100.0 * without / metrics.Length >= TooManyWithoutData
            ? string.Create(CultureInfo.InvariantCulture, $"{without} of {metrics.Length} metrics have no data.")
            : null;
    }

    private static string? WhyCritical(MetricClassification[] metrics) =>
        metrics.FirstOrDefault(metric => metric.FailsRelease) is { } critical ? $"The critical metric {critical.Rule.Metric} failed. {critical.Reason}" : null;

    private static IReadOnlyList<GroupScore> Groups(MetricClassification[] metrics, IReadOnlyDictionary<string, double> weights)
    {
        var groups = metrics.SelectMany(metric => metric.Rule.Groups.Select(name => (Name: name, metric.Label)))
            .GroupBy(pair => pair.Name, pair => pair.Label)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToArray();
        int unweighted = groups.Count(group => !weights.ContainsKey(group.Key));
        double rest = unweighted == 0 ? 0 : (100 - weights.Values.Sum()) / unweighted;
        return [.. groups.Select(group => Group(group.Key, [.. group], weights.TryGetValue(group.Key, out double weight) ? weight : rest))];
    }

    private static GroupScore Group(string name, MetricLabel[] labels, double weight)
    {
        int compared = labels.Count(label => label is not (MetricLabel.NoData or MetricLabel.Error));
        return compared == 0
            ? new GroupScore(name, 100, HasData: false, weight)
            : new GroupScore(name, 100.0 * labels.Count(label => label == MetricLabel.Pass) / compared, HasData: true, weight);
    }
}
