using System.Globalization;
using Deployment.Health;
using Deployment.Reports;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>
/// What a watch comes to at a look. Pure, and the only place that decides it: a live watch and its replay ask it alike.
/// </summary>
/// <param name="Verdict">The verdict, without evidence.</param>
/// <param name="Outcome">What that does to the run.</param>
/// <param name="Found">The rule that was found; null where none was.</param>
internal sealed record WatchDecision(Verdict Verdict, WatchOutcome Outcome, RuleFinding? Found = null)
{
    /// <summary>For a look back: of what it was told nothing, though the rest was judged; null where there is nothing of that kind.</summary>
    internal string? Gap { get; private init; }

    /// <summary>The result and why, as one text.</summary>
    internal string Text => $"{Verdict.Result}: {Verdict.Reason}";

    /// <summary>Null when it watches on.</summary>
    /// <param name="options">How it watches.</param>
    /// <param name="findings">Each rule at the last look.</param>
    /// <param name="series">All that was seen.</param>
    /// <param name="looks">The looks until now, at least one.</param>
    /// <param name="end">When it is planned to end.</param>
    /// <param name="looksBack">Whether all was read at its end: then waiting brings nothing, and what is missing decides nothing, since users come and go.</param>
    internal static WatchDecision? Of(MonitorOptions options, IReadOnlyList<RuleFinding> findings, IReadOnlyList<WatchSeries> series, IReadOnlyList<DateTimeOffset> looks, DateTimeOffset end, bool looksBack)
    {
        if (findings.Where(finding => finding.Counts && finding.Rule.Action != FailureAction.Note).MinBy(finding => finding.Rule.Action) is { } found)
        {
            return Failed(Verdict.Fail($"{found.Rule.Text}: {found.Judgement.Reason}"), found.Rule.Action, found);
        }

        RuleFinding[] deciding = [.. findings.Where(finding => finding.Rule.Action != FailureAction.Note)];
        bool waits = options.OnMissingData == MissingDataAction.Wait && !looksBack;
        FailureAction missing = looksBack ? FailureAction.Note : options.OnMissingData == MissingDataAction.RollBack ? FailureAction.RollBack : FailureAction.Investigate;
        if (!waits && !looksBack && Broken(options, deciding, series, looks) is { } broken)
        {
            return Failed(Verdict.InsufficientData($"{broken.ErrorsAt(looks)} looks in a row could not read {broken.Metric} of {broken.Subject}: {broken.ProblemAt(looks[^1])}."), missing);
        }

        if (looks[^1] < end)
        {
            return null;
        }

        // What is found and doesn't count yet is no pass: it goes on until it counts, or is over.
        RuleFinding? pending = deciding.FirstOrDefault(finding => finding.Judgement.Result == JudgementResult.Worse);
        if (pending is not null && !looksBack && looks[^1] < end + pending.Rule.Rule.LongestToCount(options.Interval))
        {
            return null;
        }

        if (pending is not null)
        {
            return Failed(Verdict.InsufficientData($"At the end {pending.Rule.Text} was found, though not for as long or as often as it must be: {pending.Judgement.Reason}"), missing);
        }

        return deciding.FirstOrDefault(finding => finding.Judgement.Result == JudgementResult.InsufficientData) switch
        {
            null when looksBack && GapOf(options, findings, series, looks, end) is { } gap => Failed(Verdict.InsufficientData($"Nothing was found, but not all of the time could be judged: {gap}."), missing) with { Gap = gap },
            null => new WatchDecision(Verdict.Pass($"{Words(looks)} found nothing: {string.Join(" ", findings.Select(finding => finding.Judgement.Reason))}"), WatchOutcome.Passed),
            _ when waits && looks[^1] < end + options.LongestWait => null,
            { } unknown => Failed(Verdict.InsufficientData($"It can't be told whether {unknown.Rule.Text}: {unknown.Judgement.Reason}"), missing),
        };
    }

    /// <summary>By the metrics of the rules that decide; where all are only noted, by those of all.</summary>
    private static string? GapOf(MonitorOptions options, IReadOnlyList<RuleFinding> findings, IReadOnlyList<WatchSeries> series, IReadOnlyList<DateTimeOffset> looks, DateTimeOffset end)
    {
        bool decides = findings.Any(finding => finding.Rule.Action != FailureAction.Note);
        MetricRule[] rules = [.. findings.Where(finding => !decides || finding.Rule.Action != FailureAction.Note).Select(finding => finding.Rule.Rule)];
        return WatchGaps.Of(
            series.Where(one => rules.Any(rule => rule.Judge.Metrics.Any(metric => metric.Name == one.Metric && rule.Judge.Needs(metric)))),
            looks[0],
            end,
            options.StaleAfter);
    }

    /// <summary>What could not be read too often, if any rule that decides needs it.</summary>
    private static WatchSeries? Broken(MonitorOptions options, RuleFinding[] deciding, IReadOnlyList<WatchSeries> series, IReadOnlyList<DateTimeOffset> looks) =>
        series.FirstOrDefault(one => !one.IsRecorded
            && one.ErrorsAt(looks) >= options.MaxSourceErrors
            && deciding.Any(finding => finding.Rule.Rule.Judge.Metrics.Any(metric => metric.Name == one.Metric && finding.Rule.Rule.Judge.Needs(metric))));

    private static WatchDecision Failed(Verdict verdict, FailureAction action, RuleFinding? found = null) => new(
        verdict with { OnFailure = action },
        action switch
        {
            FailureAction.RollBack => WatchOutcome.RolledBack,
            FailureAction.Investigate => WatchOutcome.Held,
            _ => WatchOutcome.InsufficientData,
        },
        found);

    private static string Words(IReadOnlyList<DateTimeOffset> looks) =>
        looks.Count == 1 ? "One look" : string.Create(CultureInfo.InvariantCulture, $"{looks.Count} looks in {Duration.Roughly(looks[^1] - looks[0])}");
}
