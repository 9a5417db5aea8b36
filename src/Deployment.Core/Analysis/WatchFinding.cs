using System.Text.Json.Serialization;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>What a rule was found to be when the watch decided, for people.</summary>
internal sealed record WatchFinding
{
    /// <summary>The rule in words.</summary>
    public required string Rule { get; init; }

    public required FailureAction Action { get; init; }

    /// <summary>The names of what it looks at.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    public required JudgementResult Result { get; init; }

    /// <summary>Whether it was found for long enough, and often enough.</summary>
    public required bool Counts { get; init; }

    public required string Reason { get; init; }

    /// <summary>What the value was compared with, in the metric's unit; null where the rule has no such number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Threshold { get; init; }

    internal static WatchFinding Of(RuleFinding finding)
    {
        MetricJudge judge = finding.Rule.Rule.Judge;
        return new WatchFinding
        {
            Rule = finding.Rule.Text,
            Action = finding.Rule.Action,
            Metrics = [.. judge.Metrics.Select(metric => metric.Name)],
            Result = finding.Judgement.Result,
            Counts = finding.Counts,
            Reason = finding.Judgement.Reason,
            Threshold = judge is ThresholdJudge { IsPerSecond: false } && finding.Judgement.Threshold is { } threshold && double.IsFinite(threshold) ? threshold : null,
        };
    }
}
