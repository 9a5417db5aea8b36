namespace Deployment.Analysis;

/// <summary>One rule from look to look: a fold over what was seen, so that the same looks give the same findings again.</summary>
/// <remarks>
/// A look that can't tell, because there is too little or what was seen is old or could not be read, is no look: it neither counts nor ends what was
/// found before. Its time doesn't count towards <see cref="MetricRule.For"/> either: that is how long the rule was found by fresh data.
/// </remarks>
internal sealed class RuleWatch(MonitorRule rule, MonitorOptions options, int watches = 1)
{
    /// <summary>
    /// A judge goes through all since the shift, which becomes too much to do each second. What it found well stands for a thousandth of that time, so that
    /// nothing is found later than that: 4 s after an hour, 86 s after a day.
    /// </summary>
    private const int LooksOfLongWatches = 1000;

    private readonly Queue<bool> _looks = new();
    private TimeSpan? _worseFor;
    private DateTimeOffset? _worseAt;
    private (DateTimeOffset At, Judgement Judgement)? _well;

    /// <param name="since">The last shift.</param>
    /// <param name="at">The look's time.</param>
    /// <param name="series">All that was seen so far.</param>
    internal RuleFinding Look(DateTimeOffset since, DateTimeOffset at, IReadOnlyList<WatchSeries> series)
    {
        Judgement judgement = TryJudge(since, at, series);
        bool isWorse = judgement.Result == JudgementResult.Worse;
        bool countsAtOnce = rule.Rule.For == TimeSpan.Zero && rule.Rule.Looks == 1;
        if (judgement.Result == JudgementResult.InsufficientData)
        {
            _worseAt = null;
            return new RuleFinding(rule, judgement, Counts: false);
        }

        if (isWorse && !countsAtOnce && TroubleOfAny(since, at, series) is { } trouble)
        {
            _worseAt = null;
            return new RuleFinding(rule, judgement with { Reason = $"{judgement.Reason} This look doesn't count: {trouble}." }, Counts: false);
        }

        _worseFor = isWorse ? (_worseFor ?? TimeSpan.Zero) + (at - (_worseAt ?? at)) : null;
        _worseAt = isWorse ? at : null;
        _looks.Enqueue(isWorse);
        while (_looks.Count > rule.Rule.Looks)
        {
            _looks.Dequeue();
        }

        bool oftenEnough = _looks.Count(worse => worse) >= rule.Rule.Failures;
        bool longEnough = rule.Rule.For == TimeSpan.Zero || _worseFor >= rule.Rule.For;
        return new RuleFinding(rule, judgement, isWorse && oftenEnough && longEnough);
    }

    /// <summary>What can't be judged is not judged, whatever the rule does: samples of other buckets, or a judge with a fault, are no reason to go back.</summary>
    private Judgement TryJudge(DateTimeOffset since, DateTimeOffset at, IReadOnlyList<WatchSeries> series)
    {
        try
        {
            return Judge(since, at, series);
        }
        catch (Exception error)
        {
            return new Judgement(JudgementResult.InsufficientData, $"It can't be judged: {Health.HealthWording.Of(error)}");
        }
    }

    private Judgement Judge(DateTimeOffset since, DateTimeOffset at, IReadOnlyList<WatchSeries> series)
    {
        MetricJudge judge = rule.Rule.Judge;
        if (_well is { } known && at - known.At < (at - since) / LooksOfLongWatches)
        {
            return Checked(known.Judgement, since, at, series);
        }

        _well = null;
        MetricWindow window = WindowOf(since, at, series);

        // By one of several metrics it can be told that a release is worse while another has no samples yet, as in its warm-up: the judge sees to that itself.
        bool judgeCounts = judge.Metrics.Count > 1 && rule.Rule.MinimumSamples == 1;
        foreach (Metric metric in judgeCounts ? [] : judge.Metrics.Where(judge.Needs))
        {
            (MetricSeries Series, string Of)[] sides = judge.NeedsBaseline ? [(window.CandidateOf(metric), "the candidate"), (window.BaselineOf(metric), "the baseline")] : [(window.CandidateOf(metric), "the candidate")];
            foreach ((MetricSeries side, string of) in sides.Where(side => !side.Series.HasEnough(rule.Rule.MinimumSamples)))
            {
                return Insufficient(metric, $"has {side.Size:0} samples of {of}, and {rule.Rule.MinimumSamples} are needed{Because(metric, at, series, since)}{Warming(metric, since, at)}", window, judge);
            }
        }

        Judgement judgement = judge.Judge(window);
        _well = judgement.Result == JudgementResult.Well && rule.Rule.Window is null ? (at, judgement) : null;
        return Checked(judgement, since, at, series);
    }

    /// <summary>What was well by data that have gone old, or can't be read any more, is not known to be.</summary>
    private Judgement Checked(Judgement judgement, DateTimeOffset since, DateTimeOffset at, IReadOnlyList<WatchSeries> series) =>
        judgement.Result == JudgementResult.Well && TroubleOfAny(since, at, series) is { } trouble
            ? judgement with { Result = JudgementResult.InsufficientData, Reason = $"{judgement.Reason} But {trouble}." }
            : judgement;

    private string? TroubleOfAny(DateTimeOffset since, DateTimeOffset at, IReadOnlyList<WatchSeries> series) =>
        rule.Rule.Judge.Metrics.Where(rule.Rule.Judge.Needs).Select(metric => Trouble(metric, at, series, since)).OfType<string>().FirstOrDefault();

    private static Judgement Insufficient(Metric metric, string why, MetricWindow window, MetricJudge judge) => new(JudgementResult.InsufficientData, $"{metric} {why}.")
    {
        Size = window.CandidateOf(metric).Size,
        BaselineSize = judge.NeedsBaseline ? window.BaselineOf(metric).Size : null,
    };

    private string Warming(Metric metric, DateTimeOffset since, DateTimeOffset at) => !metric.CountsInWarmUp && at - since <= options.WarmUp
        ? $"; it doesn't count in the warm-up, the first {Reports.Duration.Of(options.WarmUp)} after a shift"
        : "";

    private string Because(Metric metric, DateTimeOffset at, IReadOnlyList<WatchSeries> series, DateTimeOffset since) =>
        Trouble(metric, at, series, since) is { } trouble ? $": {trouble}" : "";

    /// <summary>Why what was seen of a metric can't be trusted now; null when it can.</summary>
    private string? Trouble(Metric metric, DateTimeOffset at, IReadOnlyList<WatchSeries> series, DateTimeOffset since) => series
        .Where(one => one.Metric == metric.Name && (one.Side == WatchSide.Candidate || rule.Rule.Judge.NeedsBaseline))
        .Select(one => one.IsRecorded ? (one.Samples.Count == 0 ? one.ProblemAt(at) : null) : one.ProblemAt(at) ?? Staleness(one, at, since))
        .OfType<string>()
        .FirstOrDefault();

    private string? Staleness(WatchSeries series, DateTimeOffset at, DateTimeOffset since)
    {
        DateTimeOffset newest = series.Samples.CountAt(at) is > 0 and int seen ? series.Samples[seen - 1].Sample.At : since;
        return at - newest > options.StaleAfter
            ? $"the newest sample of {series.Metric} of {series.Subject} is of {newest.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {Reports.Duration.Roughly(at - newest)} old"
            : null;
    }

    private MetricWindow WindowOf(DateTimeOffset since, DateTimeOffset at, IReadOnlyList<WatchSeries> series)
    {
        DateTimeOffset begin = rule.Rule.Window is { } length && at - length > since ? at - length : since;
        return new MetricWindow(begin, at, SideOf(WatchSide.Candidate, begin, since, at, series), SideOf(WatchSide.Baseline, begin, since, at, series))
        {
            IsRecorded = series.Any(one => one.IsRecorded),
            Watches = watches,
            StandardErrors = rule.Rule.StandardErrors,
        };
    }

    private Dictionary<string, MetricSeries> SideOf(WatchSide side, DateTimeOffset begin, DateTimeOffset since, DateTimeOffset at, IReadOnlyList<WatchSeries> series)
    {
        var found = new Dictionary<string, MetricSeries>(StringComparer.Ordinal);
        foreach (Metric metric in rule.Rule.Judge.Metrics)
        {
            if (series.FirstOrDefault(one => one.Side == side && one.Metric == metric.Name) is not { } known)
            {
                continue;
            }

            // The shift cuts by where a sample begins, since one that reaches back tells of the old release; the window only by where it ends.
            DateTimeOffset warm = metric.CountsInWarmUp ? since : since + options.WarmUp;
            found[metric.Name] = new MetricSeries(metric, known.IsRecorded ? [.. known.Samples.Select(sample => sample.Sample)] : Cut(known.Samples, begin, warm, at));
        }

        return found;
    }

    private static List<MetricSample> Cut(IReadOnlyList<SeenSample> samples, DateTimeOffset begin, DateTimeOffset warm, DateTimeOffset at)
    {
        int end = samples.CountAt(at);
        int first = samples.FirstAfter(begin);
        List<MetricSample> cut = new(Math.Max(0, end - first));
        for (int i = first; i < end; i++)
        {
            if (samples[i].Sample.From >= warm)
            {
                cut.Add(samples[i].Sample);
            }
        }

        return cut;
    }
}
