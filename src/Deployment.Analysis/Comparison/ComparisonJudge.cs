using System.Collections.Immutable;
using System.Globalization;

namespace Deployment.Analysis.Comparison;

/// <summary>
/// Scores metrics as Kayenta does, at moments that lie some time apart: in between it says what it said at the last one.
/// </summary>
internal sealed class ComparisonJudge : MetricJudge
{
    /// <summary>With fewer values of each side no difference is significant at the level of 98%, and the approximation says that all are.</summary>
    internal const int FewestPoints = 5;

    private readonly ComparisonOptions _options;

    /// <exception cref="DeploymentValidationException">The options are out of range; it has all that is wrong.</exception>
    internal ComparisonJudge(ComparisonOptions options)
    {
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new DeploymentValidationException("The comparison", problems);
        }

        _options = options with { Metrics = [.. options.Metrics], GroupWeights = options.GroupWeights.ToImmutableDictionary() };
        Metrics = [.. options.Metrics.Select(metric => metric.Metric)];
    }

    public override string Name => "comparison";

    public override IReadOnlyList<Metric> Metrics { get; }

    public override bool NeedsBaseline => true;

    /// <summary>Its looks are counted from the shift.</summary>
    public override bool TakesWindow => false;

    public override TimeSpan LeastTime => _options.Every;

    public override string Condition =>
        Text($"{string.Join(", ", Metrics)} score below {_options.Marginal:0.##} beside the baseline, of 100, looked at every {Every}; {_options.Pass:0.##} passes");

    private string Every => _options.Every.Ticks % TimeSpan.TicksPerMinute == 0 ? Text($"{_options.Every.TotalMinutes} min") : Text($"{_options.Every.TotalSeconds:0.###} s");

    public override bool Needs(Metric metric) => _options.Metrics.Any(compared => compared.Metric.Name == metric.Name && IsNeeded(compared));

    public override Judgement Judge(MetricWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        long looks = (window.At - window.Since).Ticks / _options.Every.Ticks;
        if (looks < 1)
        {
            return new Judgement(JudgementResult.InsufficientData, Text($"The metrics are compared every {Every}, for the first time at {(window.Since + _options.Every).UtcDateTime:yyyy-MM-dd HH:mm:ss}Z."));
        }

        ComparedPoints[] all = [.. _options.Metrics.Select(metric => Points(metric, window, window.Since + (looks * _options.Every)))];
        return all.FirstOrDefault(one => !one.Metric.IsMuted && one.HasFew) is { } few
            ? new Judgement(JudgementResult.InsufficientData, Text($"{few.Metric.Metric} has {few.Known(few.Candidate)} values of the candidate and {few.Known(few.Baseline)} of the baseline, and it takes {FewestPoints} of each to compare them.")) { Size = few.Known(few.Candidate), BaselineSize = few.Known(few.Baseline) }
            : Decide(all);
    }

    private static bool IsNeeded(ComparedMetric metric) => !metric.IsMuted && (metric.MustHaveData || metric.IsCritical);

    private ComparedPoints Points(ComparedMetric metric, MetricWindow window, DateTimeOffset moment)
    {
        MetricSeries baseline = window.BaselineOf(metric.Metric);
        IReadOnlyList<double> before = !window.IsRecorded ? MetricPoints.Of(baseline, window.Since, moment, _options.PointLength)
            : baseline.Samples.Count == 0 ? []
            : MetricPoints.Of(baseline, baseline.Samples[0].From, baseline.Samples[^1].At, _options.PointLength);
        return new ComparedPoints(metric, MetricPoints.Of(window.CandidateOf(metric.Metric), window.Since, moment, _options.PointLength), before);
    }

    private Judgement Decide(ComparedPoints[] all)
    {
        MetricClassification[] metrics = [.. all.Select(one => MetricClassifier.Classify(one.Metric, one.Candidate, one.Baseline))];
        ReleaseScore score = Scorer.Score(metrics, _options);
        MetricClassification[] lacking = [.. metrics.Where(metric => !metric.Rule.IsMuted && metric.LacksData && (metric.Label == MetricLabel.Error || IsNeeded(metric.Rule)))];

        // What is missing neither passes nor, by itself, takes a release back.
        JudgementResult result = score.Verdict switch
        {
            ReleaseVerdict.Fail when Scorer.ScoreOfValues(metrics, _options).Verdict == ReleaseVerdict.Fail => JudgementResult.Worse,
            ReleaseVerdict.Pass when lacking.Length == 0 => JudgementResult.Well,
            _ => JudgementResult.InsufficientData,
        };
        return new Judgement(result, Sentence(score, metrics, lacking))
        {
            Effect = score.Score,
            Threshold = result == JudgementResult.Worse ? _options.Marginal : _options.Pass,
            Size = all.Min(one => one.Known(one.Candidate)),
            BaselineSize = all.Min(one => one.Known(one.Baseline)),
            Figures = Figures(score, metrics),
        };
    }

    private string Sentence(ReleaseScore score, MetricClassification[] metrics, MetricClassification[] lacking)
    {
        string meaning = score.Verdict switch
        {
            ReleaseVerdict.Fail => Text($"below the marginal {_options.Marginal:0.##}"),
            ReleaseVerdict.Marginal => Text($"marginal: it takes {_options.Pass:0.##} to pass, and it is worse below {_options.Marginal:0.##}"),
            _ => Text($"and {_options.Pass:0.##} passes"),
        };
        IEnumerable<string> whys = metrics.Where(metric => !metric.Rule.IsMuted && (metric.Label is MetricLabel.High or MetricLabel.Low || lacking.Contains(metric)))
            .Select(metric => $"{metric.Rule.Metric} ({metric.Label}): {metric.Reason}");
        return string.Join(' ', whys.Prepend(Text($"The score is {score.Score:0.##} of 100, {meaning}.{(score.Reason is null ? "" : " " + score.Reason)}")));
    }

    private static SortedDictionary<string, double> Figures(ReleaseScore score, MetricClassification[] metrics)
    {
        SortedDictionary<string, double> figures = new(StringComparer.Ordinal) { ["score"] = score.Score };
        foreach (GroupScore group in score.Groups.Where(group => group.HasData))
        {
            figures[$"score of group {group.Name}"] = group.Score;
        }

        foreach (MetricClassification metric in metrics.Where(metric => metric.Test is not null))
        {
            figures[$"{metric.Rule.Metric}: shift"] = metric.Test!.Estimate;
            figures[$"{metric.Rule.Metric}: lower"] = metric.Test.Lower;
            figures[$"{metric.Rule.Metric}: upper"] = metric.Test.Upper;
            if (double.IsFinite(metric.EffectSize))
            {
                figures[$"{metric.Rule.Metric}: effect size"] = metric.EffectSize;
            }
        }

        return figures;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
