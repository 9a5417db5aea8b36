using Deployment.Analysis;

namespace Deployment.Planning;

/// <summary>Which rules of the monitor a plan's watches judge: one that none of them can judge would be believed to protect, and doesn't.</summary>
internal sealed class JudgedRules
{
    private readonly HashSet<string> _judged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _leftOut = new(StringComparer.Ordinal);

    /// <param name="watch">A watch of the plan.</param>
    /// <param name="target">What its target measures itself; null for nothing.</param>
    internal void Add(WatchSubjects watch, IMetricSource? target)
    {
        foreach ((string rule, string? why) in watch.Counting(target))
        {
            if (why is null)
            {
                _judged.Add(rule);
            }
            else
            {
                _leftOut.TryAdd(rule, why);
            }
        }
    }

    /// <summary>Those that no watch judges though there is a release to compare with, as errors of the plan.</summary>
    internal IEnumerable<string> Never() => _leftOut.Where(rule => !_judged.Contains(rule.Key)).Select(rule =>
        $"No watch of this plan can judge the rule '{rule.Key}': {rule.Value}. Take a strategy that keeps both releases before their users for a while, such as a canary, or a rule that compares with what was recorded of the baseline, such as IsAboveBaselineBy; or leave the rule out.");
}
