using System.Globalization;
using Deployment.Reports;

namespace Deployment.Analysis;

/// <summary>When what a judge finds counts. Make one of a metric, such as <c>Metric.ErrorRate.IsAbove(0.10)</c>, and say more by <c>with</c>.</summary>
/// <param name="Judge">What is looked for.</param>
public sealed record MetricRule(MetricJudge Judge)
{
    /// <summary>How far a look reaches back, never before the last shift of traffic: 1 s to 24 h. Null, the default of judges that compare two releases, for all since the shift.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>
    /// How many a look needs of the candidate, and of the baseline where there is one: events of ratios and distributions where they are known,
    /// samples of everything else; of a ratio or a quantile that the source makes itself, without telling from how many events, one sample will do. 1 to 1,000,000. Default 1; rules made of a ratio's value begin with 50, of a quantile's with as many as leave ten beyond it, 50 at least: 200 for p95, 1,000 for p99.
    /// </summary>
    public int MinimumSamples { get; init; } = 1;

    /// <summary>
    /// By how many standard errors a ratio or a quantile must lie beyond its limit, on both sides of a comparison: 0 to 10. Few events prove little, and who looks
    /// often enough sees each chance. What lies beyond the limit by less than that can't be told, which is no pass. It is of rules that compare a value with a
    /// number or with a baseline's; judges by statistics have their own. Default 0, by the value alone.
    /// </summary>
    public double StandardErrors { get; init; }

    /// <summary>
    /// For how long it must be found at every look before it counts: 0 to 24 h. Default 0, at once. Only fresh data count: looks that can't tell, and those
    /// whose newest sample is older than <see cref="MonitorOptions.StaleAfter"/>, neither end it nor add to it.
    /// </summary>
    public TimeSpan For { get; init; }

    /// <summary>In how many of the last <see cref="Looks"/> it must be found: 1 to <see cref="Looks"/>. Default 1.</summary>
    public int Failures { get; init; } = 1;

    /// <summary>Of how many looks: 1 to 1,000. Default 1.</summary>
    public int Looks { get; init; } = 1;

    /// <summary>All of it in words.</summary>
    public override string ToString() => Judge.Condition
        + (Window is { } window ? $" within {Duration.Of(window)}" : "")
        + (For > TimeSpan.Zero ? $" for {Duration.Of(For)}" : "")
        + (Looks > 1 ? $" at {Failures} of {Looks} looks" : "")
        + (StandardErrors > 0 ? string.Create(CultureInfo.InvariantCulture, $" by {StandardErrors:0.##} standard errors") : "")
        + (MinimumSamples > 1 ? $", judged from {MinimumSamples} samples on" : "");

    /// <summary>How long it takes at most until what is found at every look counts.</summary>
    internal TimeSpan LongestToCount(TimeSpan interval) => For > interval * Looks ? For + interval : interval * (Looks + 1);

    /// <summary>Everything that is wrong with it, as sentences.</summary>
    internal IEnumerable<string> Problems()
    {
        TimeSpan day = TimeSpan.FromHours(24);
        if (Judge.Metrics.Count == 0)
        {
            yield return $"The rule '{Judge.Condition}' looks at no metric; it must look at one at least.";
        }

        if (Window is { } window && (window < TimeSpan.FromSeconds(1) || window > day))
        {
            yield return $"The rule '{Judge.Condition}' has a window of {window}; it must be 1 s to 24 h.";
        }

        if (Window is not null && !Judge.TakesWindow)
        {
            yield return $"The rule '{Judge.Condition}' has a window; what it promises holds for all that was seen since the shift. Leave Window null.";
        }

        if (MinimumSamples is < 1 or > 1_000_000)
        {
            yield return $"The rule '{Judge.Condition}' asks for {MinimumSamples} samples; it must be 1 to 1,000,000.";
        }

        if (StandardErrors is not (>= 0 and <= 10) || (StandardErrors > 0 && Judge is not ThresholdJudge))
        {
            yield return Judge is ThresholdJudge
                ? string.Create(CultureInfo.InvariantCulture, $"The rule '{Judge.Condition}' asks for {StandardErrors} standard errors; it must be 0 to 10.")
                : $"The rule '{Judge.Condition}' asks for standard errors, and its judge has statistics of its own. Leave {nameof(StandardErrors)} at 0.";
        }

        if (For < TimeSpan.Zero || For > day)
        {
            yield return $"The rule '{Judge.Condition}' counts after {For}; it must be 0 to 24 h.";
        }

        if (Looks is < 1 or > 1000 || Failures < 1 || Failures > Looks)
        {
            yield return $"The rule '{Judge.Condition}' counts at {Failures} of {Looks} looks; there must be 1 to 1,000 looks, and 1 to as many failures.";
        }
    }
}
