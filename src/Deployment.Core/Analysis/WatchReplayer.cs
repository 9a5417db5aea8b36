using System.Globalization;
using Deployment.Health;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>Judges a watch again: the same fold over the same looks, and at each look only what was seen by then.</summary>
internal sealed class WatchReplayer
{
    private readonly MonitorOptions _options;
    private readonly WatchRecord _record;
    private readonly ReplayedRule[] _rules;
    private readonly string[] _leftOut;

    internal WatchReplayer(MonitorDefinition monitor, string environment, WatchRecord record)
    {
        _record = record;
        // One that began anew while its run was held had nothing to warm up.
        MonitorOptions options = record.LooksBack || record is { OnlyGoesBack: true, WarmUp.Ticks: 0 } ? monitor.Options.WithoutWarmUp() : monitor.Options;
        _options = record.OnlyGoesBack ? options.WaitingForEver() : options;
        var subjects = new WatchSubjects(monitor, environment, record.Subject, record.LooksBack);
        ReplayedRule[] rules = [.. subjects.Rules.Where(rule => !record.OnlyGoesBack || rule.Action == FailureAction.RollBack).Select(rule => new ReplayedRule(rule, _options, record))];
        _rules = [.. rules.Where(rule => !rule.IsLeftOut)];
        _leftOut = [.. subjects.LeftOut, .. rules.Where(rule => rule.IsLeftOut).Select(rule => $"{rule.Text}: {rule.Unrecorded!.TrimEnd('.')}")];
    }

    internal WatchReplay Replay(string step, CancellationToken cancellationToken)
    {
        WatchDecision? decision = null;
        List<DateTimeOffset> looks = [];
        DateTimeOffset decidedAt = _record.Looks[^1];
        foreach (DateTimeOffset at in _record.Looks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            looks.Add(at);
            // Each rule is followed to the end of the record, also where another one has decided: when it would have counted is of use.
            RuleFinding[] findings = [.. _rules.Select(rule => rule.Look(at))];
            if (decision is null && _rules.Length > 0 && WatchDecision.Of(_options, findings, _record.Series, looks, _record.OnlyGoesBack ? DateTimeOffset.MaxValue : _record.Until, _record.LooksBack) is { } decided)
            {
                decision = decided;
                decidedAt = at;
            }
        }

        return Result(step, decision, decidedAt);
    }

    private WatchReplay Result(string step, WatchDecision? decision, DateTimeOffset at) => new()
    {
        Step = step,
        Subject = _record.Subject,
        Since = _record.Since,
        Until = _record.Until,
        Outcome = decision is null || LacksWhatWasNeverRecorded(decision) ? WatchOutcome.InsufficientData : decision.Outcome,
        At = at,
        Verdict = decision?.Text ?? $"{VerdictResult.InsufficientData}: {WhyUndecided()}",
        RecordedOutcome = _record.Outcome,
        RecordedAt = _record.Looks[^1],
        RecordedVerdict = _record.Verdict,
        Rules = [.. _rules.Select(rule => rule.Result)],
        LeftOut = _leftOut,
    };

    /// <summary>The real watch would have measured it, and nobody knows what.</summary>
    private bool LacksWhatWasNeverRecorded(WatchDecision decision) =>
        decision.Verdict.Result == VerdictResult.InsufficientData && _rules.Any(rule => rule.Unrecorded is not null && rule.Result.Action != FailureAction.Note);

    private string WhyUndecided() => _rules.Length == 0
        ? $"No rule can be judged in this watch: {string.Join("; ", _leftOut)}."
        : string.Create(CultureInfo.InvariantCulture, $"Nothing had decided when the record ends at {_record.Looks[^1].UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, and the watch would have gone on{(_record.Looks[^1] < _record.Until ? $" until {_record.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "")}: {string.Join(" ", _rules.Select(rule => rule.Result.Judgement.Reason))}");
}
