using System.Collections.Immutable;
using System.Globalization;
using Deployment.Analysis.Sequential;

namespace Deployment.Analysis.Statistics;

/// <summary>
/// Fisher's exact test at one moment: that at which the candidate has had a number of events. Samples after it are never looked at, so that a
/// test for one look stays one however often it is asked.
/// </summary>
internal sealed class FisherJudge : MetricJudge
{
    private readonly Metric _metric;
    private readonly int _afterEvents;
    private readonly double _significance;

    /// <exception cref="DeploymentValidationException">The metric is no ratio, or a number is out of range; it has all that is wrong.</exception>
    internal FisherJudge(Metric metric, int afterEvents, double significance)
    {
        string[] problems =
        [
            .. metric.Kind == MetricKind.Ratio ? [] : Problem($"{metric} is no ratio of bad events to all: take one, or compare it by {nameof(Analysis.Metrics)}.{nameof(Analysis.Metrics.FailComparison)}."),
            .. metric.Direction != MetricDirection.EitherIsWorse ? [] : Problem($"Of {metric} any change is worse, and the test is one-sided: take a metric of which more is worse, or less."),
            .. afterEvents is >= 1 and <= 1_000_000 ? [] : Problem($"The number of events after which it looks must be 1 to 1000000, and is {afterEvents}."),
            .. significance is > 0 and < 1 ? [] : Problem($"The significance must be above 0 and below 1, and is {significance}."),
        ];
        if (problems.Length > 0)
        {
            throw new DeploymentValidationException("Fisher's exact test", problems);
        }

        _metric = metric;
        _afterEvents = afterEvents;
        _significance = significance;
    }

    public override string Name => "Fisher's exact test";

    public override IReadOnlyList<Metric> Metrics => [_metric];

    public override bool NeedsBaseline => true;

    /// <summary>A window that moves on would be another look each time.</summary>
    public override bool TakesWindow => false;

    public override string Condition =>
        Text($"{_metric} is worse than the baseline's by Fisher's exact test at {_significance * 100:0.###}%, once the release has {_afterEvents} events");

    public override Judgement Judge(MetricWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        IReadOnlyList<MetricSample> samples = window.CandidateOf(_metric).Samples;
        (int count, double events) = Needed(samples);
        if (events < _afterEvents)
        {
            return Insufficient(count < samples.Count ? $"{_metric} of the release {BadAnswers.ProblemOf(samples[count])}." : Text($"The release has {events:0.#} events of {_metric}, and the test is made once it has {_afterEvents}."));
        }

        IReadOnlyList<MetricSample> before = window.BaselineOf(_metric).Samples;
        DateTimeOffset at = samples[count - 1].At;
        if (!window.IsRecorded && !(before.Count > 0 && before[^1].At >= at))
        {
            return Insufficient($"The release has its events of {_metric}, and the baseline has not told of that moment yet.");
        }

        MetricSample[] baseline = [.. before.Where(sample => window.IsRecorded || sample.At <= at)];
        return baseline.Select(BadAnswers.ProblemOf).FirstOrDefault(problem => problem is not null) is { } problem ? Insufficient($"{_metric} of the baseline {problem}.")
            : Sum(samples.Take(count)) is not { } ours || Sum(baseline) is not { } theirs ? Insufficient("There are more events than this test, which is for little traffic, can count.")
            : theirs.Events == 0 ? Insufficient($"The baseline has no events of {_metric}.")
            : Decide(ours, theirs, _significance / window.Watches);
    }

    private Judgement Decide(SideCounts candidate, SideCounts baseline, double significance)
    {
        // Fewer of the candidate's is more of the baseline's, and as exact.
        double pValue = _metric.Direction == MetricDirection.LowerIsWorse ? FisherExact.PValue(baseline, candidate) : FisherExact.PValue(candidate, baseline);
        bool isWorse = pValue <= significance;
        return new Judgement(
            isWorse ? JudgementResult.Worse : JudgementResult.Well,
            Text($"{_metric} is {_metric.Text(candidate.BadShare)} ({candidate.Bad} of {candidate.Events}), beside {_metric.Text(baseline.BadShare)} ({baseline.Bad} of {baseline.Events}) of the baseline's: the chance of that without a difference is {pValue:G3}, and {significance * 100:0.####}% or less counts as worse."))
        {
            Value = candidate.BadShare,
            BaselineValue = baseline.BadShare,
            Effect = candidate.BadShare - baseline.BadShare,
            Threshold = significance,
            Size = candidate.Events,
            BaselineSize = baseline.Events,
            Figures = ImmutableSortedDictionary<string, double>.Empty.Add("p-value", pValue),
        };
    }

    /// <summary>How many samples it takes until there are enough events, and how many those are; fewer where one can't be counted, or there are too few.</summary>
    private (int Count, double Events) Needed(IReadOnlyList<MetricSample> samples)
    {
        double events = 0;
        int count = 0;
        while (count < samples.Count && events < _afterEvents && BadAnswers.ProblemOf(samples[count]) is null)
        {
            events += samples[count++].Events!.Value;
        }

        return (count, events);
    }

    private static Judgement Insufficient(string reason) => new(JudgementResult.InsufficientData, reason);

    /// <summary>Null where there are more than the test can count.</summary>
    private static SideCounts? Sum(IEnumerable<MetricSample> samples)
    {
        double events = 0;
        double bad = 0;
        foreach (MetricSample sample in samples)
        {
            events += sample.Events!.Value;
            bad += BadAnswers.Bad(sample)!.Value;
        }

        return events <= int.MaxValue / 2 ? new SideCounts((long)Math.Round(events), (long)Math.Round(Math.Min(events, bad))) : null;
    }

    private static IEnumerable<string> Problem(FormattableString problem) => [problem.ToString(CultureInfo.InvariantCulture)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
