namespace Deployment.Analysis;

/// <summary>What a judge sees at one look. The same window always gives the same judgement.</summary>
/// <param name="Since">Where it begins: at the last shift of traffic, or later.</param>
/// <param name="At">The moment of the look.</param>
/// <param name="Candidate">The candidate's metrics, by name.</param>
/// <param name="Baseline">Those of what it is compared with, by name; a metric without a baseline is not there.</param>
public sealed record MetricWindow(
    DateTimeOffset Since,
    DateTimeOffset At,
    IReadOnlyDictionary<string, MetricSeries> Candidate,
    IReadOnlyDictionary<string, MetricSeries> Baseline)
{
    /// <summary>
    /// Whether the baseline was recorded before the deployment. Its samples are of another time then, and of none that fits the candidate's
    /// sample by sample. Default false: both were measured side by side.
    /// </summary>
    public bool IsRecorded { get; init; }

    /// <summary>
    /// Among how many looks of this kind a judge divides the rate of false alarms that it promises, so that it holds for the release as a whole: each
    /// shift of traffic has a watch of its own. 1 or more; default 1.
    /// </summary>
    public int Watches { get; init; } = 1;

    /// <summary>By how many standard errors a value must lie beyond a limit (<see cref="MetricRule.StandardErrors"/>). 0 or more; default 0.</summary>
    public double StandardErrors { get; init; }

    /// <summary>The candidate's; without samples where there is none.</summary>
    public MetricSeries CandidateOf(Metric metric) => Of(Candidate, metric);

    /// <summary>The baseline's; without samples where there is none.</summary>
    public MetricSeries BaselineOf(Metric metric) => Of(Baseline, metric);

    private static MetricSeries Of(IReadOnlyDictionary<string, MetricSeries> side, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return side.GetValueOrDefault(metric.Name) ?? new MetricSeries(metric, []);
    }
}
