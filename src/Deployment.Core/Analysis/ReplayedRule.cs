namespace Deployment.Analysis;

/// <summary>One rule of a replay, from look to look.</summary>
internal sealed class ReplayedRule
{
    private readonly MonitorRule _rule;
    private readonly WatchRecord _record;
    private readonly RuleWatch _watch;
    private DateTimeOffset? _countedAt;
    private Judgement? _judgement;

    internal ReplayedRule(MonitorRule rule, MonitorOptions options, WatchRecord record)
    {
        _rule = rule;
        _record = record;
        _watch = new RuleWatch(rule, options, record.Watches ?? 1);
        // The watch judged by this very rule: whatever it lacked then, it says so again in the same words.
        Unrecorded = record.Findings.Any(finding => finding.Rule == rule.Text) ? null : WhyUnrecorded();
    }

    /// <summary>What it needs and was not recorded; null when all was.</summary>
    internal string? Unrecorded { get; }

    /// <summary>Whether the real watch would have left it out, too, because nothing measured it, or, in a look back, nothing remembered it.</summary>
    internal bool IsLeftOut => (_rule.IsOptional || _record.LooksBack) && Unrecorded is not null;

    internal string Text => _rule.Text;

    internal RuleReplay Result => new() { Rule = _rule.Text, Action = _rule.Action, CountedAt = _countedAt, Judgement = _judgement! };

    /// <exception cref="DeploymentException">Its judge can't judge what was recorded.</exception>
    internal RuleFinding Look(DateTimeOffset at)
    {
        RuleFinding finding = Unrecorded is null
            ? _watch.Look(_record.Since, at, _record.Series)
            : new RuleFinding(_rule, new Judgement(JudgementResult.InsufficientData, Unrecorded), Counts: false);
        if (_countedAt is null)
        {
            _judgement = finding.Judgement;
            _countedAt = finding.Counts ? at : null;
        }

        return finding;
    }

    private string? WhyUnrecorded()
    {
        WatchSide[] sides = _rule.Rule.Judge.NeedsBaseline ? [WatchSide.Candidate, WatchSide.Baseline] : [WatchSide.Candidate];
        foreach (Metric metric in _rule.Rule.Judge.Metrics.Where(_rule.Rule.Judge.Needs))
        {
            foreach (WatchSide side in sides)
            {
                WatchSeries? recorded = _record.Series.FirstOrDefault(series => series.Side == side && series.Metric == metric.Name);
                if (recorded is null)
                {
                    return $"{metric} of the {(side == WatchSide.Candidate ? "candidate" : "baseline")} was not recorded.";
                }

                if (metric.Misfit(recorded) is { } misfit)
                {
                    return misfit + ".";
                }
            }
        }

        return null;
    }
}
