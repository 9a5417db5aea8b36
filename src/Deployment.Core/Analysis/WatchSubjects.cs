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
    private readonly bool _looksBack;

    /// <param name="monitor">What is watched.</param>
    /// <param name="environment">The environment's name.</param>
    /// <param name="subject">What the step looks at.</param>
    /// <param name="looksBack">Whether it is a look of an extended watch, in which not every rule counts.</param>
    internal WatchSubjects(MonitorDefinition monitor, string environment, CheckSubject subject, bool looksBack = false)
    {
        _monitor = monitor;
        _subject = subject;
        _looksBack = looksBack;
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

    internal IReadOnlyList<MonitorRule> Rules => [.. _monitor.Rules.Where(rule => WhyNot(rule, null) is null)];

    /// <summary>The same by what the target itself measures as well, without those that are optional and that nothing measures.</summary>
    internal IReadOnlyList<MonitorRule> MeasuredBy(IMetricSource? target) =>
        [.. _monitor.Rules.Where(rule => WhyNot(rule, target) is null && (!rule.IsOptional || rule.Rule.Judge.Metrics.All(metric => SourceOf(metric, WatchSide.Candidate, target) is not null)))];

    /// <summary>Those that don't count here, with why.</summary>
    internal IEnumerable<string> LeftOut => LeftOutOn(null);

    /// <summary>The same by what the target itself measures as well.</summary>
    internal IEnumerable<string> LeftOutOn(IMetricSource? target) => _monitor.Rules
        .Select(rule => WhyNot(rule, target) is { } why ? $"{rule.Text}: {why}" : null)
        .OfType<string>();

    /// <summary>
    /// Each rule that a person counts on, with why it doesn't count here; null where it does. Where there is nothing to compare with at all, as at a first
    /// deployment, nothing is said.
    /// </summary>
    internal IEnumerable<(string Rule, string? Why)> Counting(IMetricSource? target) => Baseline is null ? [] :
        _monitor.Rules.Where(rule => !rule.IsOptional).Select(rule => (rule.Text, WhyNot(rule, target)));

    /// <summary>Each metric of the rules, with the sides that they need.</summary>
    internal static IEnumerable<(Metric Metric, WatchSide Side)> NeededBy(IEnumerable<MonitorRule> rules) => rules
        .SelectMany(rule => rule.Rule.Judge.Metrics.SelectMany(metric => rule.Rule.Judge.NeedsBaseline ? [(metric, WatchSide.Candidate), (metric, WatchSide.Baseline)] : new[] { (metric, WatchSide.Candidate) }))
        .DistinctBy(needed => (needed.Item1.Name, needed.Item2));

    internal MetricSubject Of(WatchSide side) => side == WatchSide.Candidate ? Candidate : Baseline!;

    internal IMetricSource? SourceOf(Metric metric, WatchSide side, IMetricSource? target) => _monitor.SourceOf(metric, Of(side), target);

    /// <summary>What nobody measures, as errors of the plan.</summary>
    internal IEnumerable<string> Unmeasured(IMetricSource? target) => NeededBy(MeasuredBy(target)).Where(needed => SourceOf(needed.Metric, needed.Side, target) is null)
        .Select(needed => $"Nothing measures '{needed.Metric}' of {(needed.Side == WatchSide.Candidate && _subject.Cohort is null ? $"revisions on '{_subject.Target}'" : Of(needed.Side).ToString())}: {(target is null ? $"'{_subject.Target}' doesn't measure its revisions itself" : $"'{_subject.Target}' itself doesn't")}, and no source does. Add one to the monitor: From(...).");

    /// <summary>How long a watch must be for each rule to be judged, and to count.</summary>
    internal TimeSpan LeastTime(IMetricSource? target) => Deciding(target).Select(rule => rule.LeastTime(_monitor.Options)).DefaultIfEmpty(TimeSpan.Zero).Max();

    /// <summary>What can't be found in so short a watch, as errors of the plan.</summary>
    internal IEnumerable<string> TooShort(string title, TimeSpan lasts, IMetricSource? target) => Deciding(target)
        .Select(rule => rule.TooShort(lasts, _monitor.Options) is { } why ? $"'{title}' watches for {Duration.Of(lasts)}, and {rule.Text}: {why}" : null)
        .OfType<string>();

    internal IReadOnlyList<string> Commands() =>
        [.. NeededBy(Rules).SelectMany(needed => _monitor.SourceOf(needed.Metric, Of(needed.Side), null)?.Commands(needed.Metric, Of(needed.Side)) ?? []).Distinct(StringComparer.Ordinal)];

    /// <summary>With which a person reads what the target itself measures.</summary>
    internal IReadOnlyList<string> CommandsOf(IMetricSource? target) => target is null ? [] :
    [
        .. NeededBy(MeasuredBy(target))
            .Where(needed => (needed.Side == WatchSide.Candidate || IsLive) && SourceOf(needed.Metric, needed.Side, target) == target)
            .SelectMany(needed => target.Commands(needed.Metric, Of(needed.Side)))
            .Distinct(StringComparer.Ordinal),
    ];

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

    /// <summary>What a look of an extended watch judges, and what it leaves out.</summary>
    internal string ExpectedOfLook(IReadOnlyList<Check> health, DateTimeOffset since, IMetricSource? target)
    {
        IReadOnlyList<MonitorRule> rules = MeasuredBy(target);
        string[] leftOut = [.. LeftOutOn(target)];
        string[] parts =
        [
            .. health.Count > 0 ? [$"{Naming.Printable(_subject.Candidate.ToString())} is well ({string.Join(", ", health.Select(check => check.Name))})."] : Array.Empty<string>(),
            .. rules.Count > 0 ? [$"In all that was measured since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, judged as if it had been looked at every {Duration.Of(_monitor.Options.Interval)}, none of these is found: {string.Join("; ", rules.Select(rule => $"{rule.Text} ({Words(rule)})"))}. Missing data never passes: it is noted, and so is a time of which a source tells nothing."] : Array.Empty<string>(),
            .. leftOut.Length > 0 ? [$"Left out: {string.Join("; ", leftOut)}."] : Array.Empty<string>(),
        ];
        return string.Join(' ', parts);
    }

    /// <summary>Null where a rule counts.</summary>
    private string? WhyNot(MonitorRule rule, IMetricSource? target)
    {
        MetricJudge judge = rule.Rule.Judge;
        return judge switch
        {
            { NeedsBaseline: true } when Baseline is null => "there is nothing to compare with",
            { NeedsLiveBaseline: true } when !IsLive => "the baseline has no users beside the release at this step",
            { NeedsBaseline: true } when IsLive && !_subject.SharesAreEqual && judge.Metrics.FirstOrDefault(metric => metric.GrowsWithTraffic) is { } grows =>
                $"{grows} depends on how much traffic a release takes, and at this step the baseline takes another share",
            { NeedsBaseline: true } when _looksBack && !_monitor.Options.CompareInExtended =>
                $"what was recorded of the baseline for {Duration.Of(_monitor.Options.Recording)} tells little of other times of the day ({nameof(MonitorOptions.CompareInExtended)})",
            _ when _looksBack => judge.Metrics
                .Select(metric => SourceOf(metric, WatchSide.Candidate, target) is { } source && !source.Remembers(metric, Candidate) ? $"{source.Name} keeps nothing of {metric} to look back at" : null)
                .FirstOrDefault(why => why is not null),
            _ => null,
        };
    }

    /// <summary>Those without which a watch can't pass; what is only noted may be noted by a later one.</summary>
    private IEnumerable<MonitorRule> Deciding(IMetricSource? target) => MeasuredBy(target).Where(rule => rule.Action != FailureAction.Note);

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
