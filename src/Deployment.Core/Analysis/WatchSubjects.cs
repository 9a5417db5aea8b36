using Deployment.Health;
using Deployment.Releases;
using Deployment.Reports;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>What a monitor comes to for one subject: whom it asks about what, and which rules have nothing to compare with.</summary>
internal sealed class WatchSubjects
{
    private readonly MonitorDefinition _monitor;
    private readonly CheckSubject _subject;

    /// <param name="monitor">What is watched.</param>
    /// <param name="environment">The environment's name.</param>
    /// <param name="subject">What the step looks at.</param>
    internal WatchSubjects(MonitorDefinition monitor, string environment, CheckSubject subject)
    {
        _monitor = monitor;
        _subject = subject;
        Candidate = new MetricSubject(environment, subject.Target, subject.Candidate) { Cohort = subject.Cohort };
        Baseline = subject switch
        {
            { Cohort.IsEveryone: true } => null,
            { Cohort: not null } => Candidate with { HasFlag = false },
            { Baseline: { } baseline } => new MetricSubject(environment, subject.Target, baseline),
            _ => null,
        };
    }

    internal MetricSubject Candidate { get; }

    /// <summary>Null where there is nothing to compare with.</summary>
    internal MetricSubject? Baseline { get; }

    /// <summary>Whether both sides have users now: else the baseline is what was recorded before.</summary>
    internal bool IsLive => Baseline is not null && (_subject.BaselineIsLive || _subject.Cohort is not null);

    internal IReadOnlyList<MonitorRule> Rules => [.. _monitor.Rules.Where(Applies)];

    /// <summary>The same without those that are optional and that nothing measures.</summary>
    internal IReadOnlyList<MonitorRule> MeasuredBy(IMetricSource? target) =>
        [.. Rules.Where(rule => !rule.IsOptional || rule.Rule.Judge.Metrics.All(metric => SourceOf(metric, WatchSide.Candidate, target) is not null))];

    /// <summary>Those that have nothing to compare with, with why.</summary>
    internal IEnumerable<string> LeftOut => _monitor.Rules.Where(rule => !Applies(rule)).Select(rule => Baseline is null
        ? $"{rule.Text}: there is nothing to compare with"
        : $"{rule.Text}: the baseline has no users beside the release at this step");

    /// <summary>Each metric of the rules, with the sides that they need.</summary>
    internal static IEnumerable<(Metric Metric, WatchSide Side)> NeededBy(IEnumerable<MonitorRule> rules) => rules
        .SelectMany(rule => rule.Rule.Judge.Metrics.SelectMany(metric => rule.Rule.Judge.NeedsBaseline ? [(metric, WatchSide.Candidate), (metric, WatchSide.Baseline)] : new[] { (metric, WatchSide.Candidate) }))
        .DistinctBy(needed => (needed.Item1.Name, needed.Item2));

    internal MetricSubject Of(WatchSide side) => side == WatchSide.Candidate ? Candidate : Baseline!;

    internal IMetricSource? SourceOf(Metric metric, WatchSide side, IMetricSource? target) => _monitor.SourceOf(metric, Of(side), target);

    /// <summary>What nobody measures, as errors of the plan.</summary>
    internal IEnumerable<string> Unmeasured(IMetricSource? target) => NeededBy(MeasuredBy(target)).Where(needed => SourceOf(needed.Metric, needed.Side, target) is null)
        .Select(needed => $"Nothing measures '{needed.Metric}' of {(needed.Side == WatchSide.Candidate && _subject.Cohort is null ? $"revisions on '{_subject.Target}'" : Of(needed.Side).ToString())}: {(target is null ? $"'{_subject.Target}' doesn't measure its revisions itself" : $"'{_subject.Target}' itself doesn't")}, and no source does. Add one to the monitor: From(...).");

    internal IReadOnlyList<string> Commands() =>
        [.. NeededBy(Rules).SelectMany(needed => _monitor.SourceOf(needed.Metric, Of(needed.Side), null)?.Commands(needed.Metric, Of(needed.Side)) ?? []).Distinct(StringComparer.Ordinal)];

    internal string Expected(IReadOnlyList<Check> health)
    {
        string[] parts =
        [
            .. health.Count > 0 ? [$"{Naming.Printable(_subject.Candidate.ToString())} stays well ({string.Join(", ", health.Select(check => check.Name))})."] : Array.Empty<string>(),
            .. Rules.Count > 0 ? [$"Looked at every {Duration.Of(_monitor.Options.Interval)}{(_monitor.Options.WarmUp > TimeSpan.Zero ? $", with a warm-up of {Duration.Of(_monitor.Options.WarmUp)}" : "")}, none of these is found: {string.Join("; ", Rules.Select(rule => $"{rule.Text} ({Words(rule)})"))}. Missing data never passes: {Missing()}."] : Array.Empty<string>(),
            .. LeftOut.Any() ? [$"Left out: {string.Join("; ", LeftOut)}."] : Array.Empty<string>(),
        ];
        return string.Join(' ', parts);
    }

    private bool Applies(MonitorRule rule) => (!rule.Rule.Judge.NeedsBaseline || Baseline is not null) && (!rule.Rule.Judge.NeedsLiveBaseline || IsLive);

    private string Missing() => _monitor.Options.OnMissingData switch
    {
        MissingDataAction.Wait => $"it is waited for, up to {Duration.Of(_monitor.Options.LongestWait)} longer, and then the run is held",
        MissingDataAction.RollBack => "the run goes back",
        _ => "the run is held",
    };

    private static string Words(MonitorRule rule) => rule.Action switch
    {
        FailureAction.RollBack => "goes back",
        FailureAction.Investigate => "holds the run",
        _ => rule.IsOptional ? "is noted, where it is measured" : "is noted",
    };
}
