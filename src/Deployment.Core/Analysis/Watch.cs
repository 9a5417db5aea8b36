using Deployment.Health;
using Deployment.Reports;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>One watch: reads at an interval, judges all that was seen, and decides.</summary>
internal sealed partial class Watch
{
    /// <summary>After a crash what was measured before is gone from sources without a memory, so it goes on for at least this long.</summary>
    private static readonly TimeSpan AfterCrash = TimeSpan.FromMinutes(1);

    /// <summary>Usual scrapes and windows are not longer.</summary>
    private static readonly TimeSpan LongestSample = TimeSpan.FromMinutes(5);

    /// <summary>No other watch is longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private readonly WatchSubjects _subjects;
    private readonly CheckContext _context;
    private MonitorOptions _options;
    private readonly IReadOnlyList<MonitorRule> _applied;
    private readonly HashSet<MonitorRule> _noted = [];
    private RuleWatch[] _rules;
    private readonly List<DateTimeOffset> _looks = [];
    private IReadOnlyList<WatchLog> _logs = [];
    private IReadOnlyList<WatchSeries> _unmeasured = [];
    private IReadOnlyList<WatchSeries> _recorded = [];
    private DateTimeOffset _since;
    private int _watches;
    private bool _reported;

    internal Watch(MonitorDefinition monitor, WatchSubjects subjects, CheckContext context)
    {
        _subjects = subjects;
        _context = context;
        _applied = [.. subjects.MeasuredBy(context.Capability<IMetricSource>()).Where(rule => !context.OnlyGoesBack || rule.Action == FailureAction.RollBack)];
        _options = context.LooksBack ? monitor.Options.WithoutWarmUp() : context.OnlyGoesBack ? monitor.Options.WaitingForEver() : monitor.Options;
        (_since, _watches) = (context.ShiftedAt, context.Watches);
        _rules = Rules();
    }

    private TimeProvider Time => _context.TimeProvider;

    private MonitorOptions Options => _options;

    private RuleWatch[] Rules() => [.. _applied.Select(rule => new RuleWatch(rule, _options, _watches))];

    private IReadOnlyList<WatchSeries> Series => [.. _logs.Select(log => log.Series), .. _unmeasured, .. _recorded];

    internal async Task<Verdict> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset end = End();
        if (_rules.Length == 0 && _context.OnlyGoesBack)
        {
            await Time.DelayAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        if (_rules.Length == 0)
        {
            await Time.DelayAsync(Later(end - Time.GetUtcNow(), TimeSpan.Zero), cancellationToken);
            return Verdict.Pass($"{_context.Subject.Candidate} stayed well for {Duration.Roughly(Time.GetUtcNow() - _context.StartedAt)}.");
        }

        Open();
        _recorded = _subjects.IsLive ? [] : await RecordedAsync(cancellationToken);
        if (_context.LooksBack)
        {
            return await LookBackAsync(cancellationToken);
        }

        while (true)
        {
            DateTimeOffset at = Time.GetUtcNow();
            BeginAnewAfter(Longest, at);
            await Task.WhenAll(_logs.Select(log => log.ReadAsync(at, Time, cancellationToken)));
            RefuseSameQueries(at);
            if (await LookAsync(at, end, cancellationToken) is { } verdict)
            {
                return verdict;
            }

            DateTimeOffset next = at + Options.Interval;
            await Time.DelayAsync(Later((end > at && next > end ? end : next) - Time.GetUtcNow(), TimeSpan.Zero), cancellationToken);
        }
    }

    /// <summary>
    /// A held run is watched until a person decides, and all that was seen is kept to be judged: after a day it begins anew with what comes then, so that
    /// days of holding need no more memory than one.
    /// </summary>
    private void BeginAnewAfter(TimeSpan longest, DateTimeOffset at)
    {
        if (!_context.OnlyGoesBack || at - _since <= longest)
        {
            return;
        }

        _since = at;
        // Each time is one more test: so all of them together err no more often than one.
        _watches = _watches <= int.MaxValue / 2 ? _watches * 2 : _watches;
        _options = _options.WithoutWarmUp();
        _rules = Rules();
        _looks.Clear();
        Open();
    }

    /// <summary>All that was measured since is read at once, and judged look by look as if somebody had looked all the while. What is missing decides nothing: users come and go.</summary>
    private async Task<Verdict> LookBackAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = Time.GetUtcNow();
        await Task.WhenAll(_logs.Select(log => log.ReadPastAsync(now, Time, cancellationToken)));
        DateTimeOffset at = _since;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            at = at + Options.Interval < now ? at + Options.Interval : now;
            if (await LookAsync(at, now, cancellationToken) is { } verdict)
            {
                return verdict;
            }
        }
    }

    /// <summary>A query that lacks the revision compares a release with itself, which is always well.</summary>
    private void RefuseSameQueries(DateTimeOffset at)
    {
        foreach (WatchLog[] same in _logs.GroupBy(log => (log.Source, log.Series.Metric, log.Series.Query)).Select(same => same.ToArray()).Where(same => same.Length > 1))
        {
            foreach (WatchLog log in same)
            {
                log.Refuse($"{log.Source.Name} was asked the same for the release and for its baseline, `{log.Series.Query}`, so that the release would be compared with itself: let the query name the revision", at);
            }
        }
    }

    private async Task<Verdict?> LookAsync(DateTimeOffset at, DateTimeOffset end, CancellationToken cancellationToken)
    {
        _looks.Add(at);
        RuleFinding[] findings = [.. _rules.Select(rule => rule.Look(_since, at, Series))];
        WatchDecision? decided = WatchDecision.Of(Options, findings, Series, _looks, end, _context.LooksBack);
        if (decided?.Verdict is null or { Result: VerdictResult.Pass } or { OnFailure: FailureAction.Note })
        {
            // An alert says that it goes on.
            await NoteAsync(findings, cancellationToken);
        }

        if (decided is { } decision)
        {
            return await WithRecordAsync(decision, findings, end, cancellationToken);
        }

        Report(findings);
        return null;
    }

    private DateTimeOffset End()
    {
        if (_context.OnlyGoesBack)
        {
            return DateTimeOffset.MaxValue;
        }

        TimeSpan duration = _context.Duration ?? TimeSpan.Zero;
        DateTimeOffset planned = _context.StartedAt + duration;
        DateTimeOffset now = Time.GetUtcNow();
        DateTimeOffset least = now + (duration < AfterCrash ? duration : AfterCrash);
        bool isResumed = now - _context.StartedAt > TimeSpan.FromSeconds(1);
        return isResumed && least > planned ? least : planned;
    }

    /// <summary>A recording that can't be read is one without samples, which can't be compared with.</summary>
    private async Task<IReadOnlyList<WatchSeries>> RecordedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _context.BaselineAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            string problem = $"what was recorded of the baseline can't be read: {HealthWording.Of(error)}";
            return
            [
                .. WatchSubjects.NeededBy(_applied).Where(needed => needed.Side == WatchSide.Baseline)
                    .Select(needed => Without(needed.Metric, needed.Side, "the run's own record", "baseline", problem) with { IsRecorded = true }),
            ];
        }
    }

    /// <summary>What nobody can tell anything of, and why: it is never judged.</summary>
    private WatchSeries Without(Metric metric, WatchSide side, string source, string query, string problem) => new()
    {
        Metric = metric.Name,
        Kind = metric.Kind,
        Unit = metric.Unit,
        Quantile = metric.Quantile,
        CountsInWarmUp = metric.CountsInWarmUp,
        Side = side,
        Subject = _subjects.Of(side).ToString(),
        Source = source,
        Query = query,
        Samples = [],
        Problems = [new SeenProblem(DateTimeOffset.MinValue, problem)],
    };

    /// <summary>What was measured when it was planned, another build of the pipeline may not measure any more: that can't be judged, and is no pass.</summary>
    private void Open()
    {
        IMetricSource? own = _context.Capability<IMetricSource>();
        List<WatchLog> logs = [];
        List<WatchSeries> unmeasured = [];
        foreach ((Metric metric, WatchSide side) in WatchSubjects.NeededBy(_applied).Where(needed => needed.Side == WatchSide.Candidate || _subjects.IsLive))
        {
            if (_subjects.SourceOf(metric, side, own) is { } source)
            {
                logs.Add(new WatchLog(metric, side, _subjects.Of(side), source, _since, Options));
            }
            else
            {
                unmeasured.Add(Without(metric, side, "no source", metric.Name, $"nothing measures '{metric}' of {_subjects.Of(side)} any more: neither a source of the monitor nor the target itself"));
            }
        }

        (_logs, _unmeasured) = (logs, unmeasured);
    }

    /// <summary>Each rule that is only noted, once.</summary>
    private async Task NoteAsync(RuleFinding[] findings, CancellationToken cancellationToken)
    {
        foreach (RuleFinding finding in findings.Where(finding => finding.Counts && finding.Rule.Action == FailureAction.Note && _noted.Add(finding.Rule)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _context.NoteAsync($"{finding.Rule.Text}: {finding.Judgement.Reason}", Evidence(finding));
        }
    }

    private void Report(RuleFinding[] findings)
    {
        if (!_reported || _looks.Count % 30 == 0)
        {
            _reported = true;
            _context.Report(string.Join(" ", findings.Select(finding => finding.Judgement.Reason)));
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
