using Deployment.Reports;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>A rule and what it does when it counts.</summary>
/// <param name="Rule">When it counts.</param>
/// <param name="Action">What is done then.</param>
internal sealed record MonitorRule(MetricRule Rule, FailureAction Action)
{
    /// <summary>Whether it is left out where nothing measures its metrics; otherwise that is an error of the plan.</summary>
    internal bool IsOptional { get; init; }

    internal string Text => Rule.ToString();

    /// <summary>How long a watch must be for it to be judged and to count: a window's worth of what counts, where it needs more than one sample.</summary>
    internal TimeSpan LeastTime(MonitorOptions options)
    {
        TimeSpan samples = Rule.MinimumSamples > 1 && Rule.Window is { } window ? window : TimeSpan.Zero;
        TimeSpan after = Warms && options.WarmUp > TimeSpan.Zero ? options.WarmUp + options.Interval : TimeSpan.Zero;
        return Later(after + Later(samples, Later(Rule.For, options.Interval * Rule.Looks)), Rule.Judge.LeastTime);
    }

    /// <summary>Why it can never count in a watch so short, with what to change; null when it can.</summary>
    internal string? TooShort(TimeSpan lasts, MonitorOptions options) =>
        Warms && lasts <= options.WarmUp ? $"it doesn't count in the warm-up of {Duration.Of(options.WarmUp)}. Watch for longer, or make {nameof(MonitorOptions.WarmUp)} shorter."
        : NeverCounts(lasts, options.Interval);

    /// <summary>The same where nothing warms up.</summary>
    internal string? NeverCounts(TimeSpan lasts, TimeSpan interval) =>
        lasts < Rule.For ? $"it must be found for {Duration.Of(Rule.For)} to count. Watch for longer, or make {nameof(MetricRule.For)} shorter."
        : lasts < interval * Rule.Looks && Rule.Looks > 1 ? $"{Rule.Looks} looks that are {Duration.Of(interval)} apart take {Duration.Of(interval * Rule.Looks)}. Watch for longer, or take fewer {nameof(MetricRule.Looks)}."
        : lasts < Rule.Judge.LeastTime ? $"it is judged for the first time after {Duration.Of(Rule.Judge.LeastTime)}. Watch for longer, or let it be judged sooner."
        : null;

    /// <summary>Whether some of what it needs doesn't count in the warm-up.</summary>
    private bool Warms => Rule.Judge.Metrics.Any(metric => Rule.Judge.Needs(metric) && !metric.CountsInWarmUp);

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
