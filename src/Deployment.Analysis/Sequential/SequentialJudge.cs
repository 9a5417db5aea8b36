using System.Collections.Immutable;
using System.Globalization;

namespace Deployment.Analysis.Sequential;

/// <summary>
/// Whether any of some metrics is worse than the baseline's, asked as often as one likes. It goes through all batches of the window at each
/// look, so that what was found once stays found.
/// </summary>
internal sealed class SequentialJudge : MetricJudge
{
    private readonly SequentialOptions _options;
    private readonly ImmutableArray<Metric> _metrics;

    /// <exception cref="DeploymentValidationException">The metrics can't be compared this way, or the options can't be; it has all that is wrong.</exception>
    internal SequentialJudge(IReadOnlyList<Metric> metrics, SequentialOptions options)
    {
        _metrics = [.. metrics];
        _options = options with { Metrics = Math.Max(1, metrics.Count) };
        if (Problems() is { Count: > 0 } problems)
        {
            throw new DeploymentValidationException("The sequential comparison", problems);
        }
    }

    public override string Name => "sequential comparison";

    public override IReadOnlyList<Metric> Metrics => _metrics;

    public override bool NeedsBaseline => true;

    public override bool NeedsLiveBaseline => true;

    public override string Condition =>
        $"{string.Join(" or ", _metrics)} is worse than the baseline's"
        + (_options.Tolerance > 0 ? Text($" by more than {_options.Tolerance * 100:0.###}% in odds") : "")
        + Text($", with false alarms of {_options.FalseAlarmRate * 100:0.###}%");

    public override Judgement Judge(MetricWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        if (window.IsRecorded)
        {
            return new Judgement(JudgementResult.InsufficientData, "The baseline was recorded before, and batches of it are of another time than the candidate's.");
        }

        SequentialOptions options = _options with { Watches = window.Watches };
        MetricEvidence[] all = [.. _metrics.Select(metric => MetricEvidence.Of(metric, window, options))];
        MetricEvidence told = all.Where(one => one.IsWorse).MinBy(one => one.Reached)
            ?? all.FirstOrDefault(one => one.Lack is not null)
            ?? all.MaxBy(one => one.Reading.EValue)!;
        return SequentialJudgement.Of(told, all);
    }

    private List<string> Problems()
    {
        List<string> problems = [.. _options.Problems()];
        if (_metrics.IsEmpty)
        {
            problems.Add("There must be a metric.");
        }

        foreach (Metric metric in _metrics)
        {
            if (metric.Kind is not (MetricKind.Ratio or MetricKind.Distribution))
            {
                problems.Add($"{metric} is no count of events, of which some are bad: take a ratio or a distribution, or compare it by {nameof(Analysis.Metrics)}.{nameof(Analysis.Metrics.FailComparison)}.");
            }
            else if (metric.Direction != MetricDirection.HigherIsWorse)
            {
                problems.Add($"Of {metric} more is not what is worse, and bad events are what is counted: take a ratio of those, or compare it by {nameof(Analysis.Metrics)}.{nameof(Analysis.Metrics.FailComparison)}.");
            }
        }

        foreach (string name in _metrics.GroupBy(metric => metric.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            problems.Add($"{name} is named more than once.");
        }

        return problems;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
