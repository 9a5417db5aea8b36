using Deployment.Analysis.Comparison;
using Deployment.Analysis.Sequential;
using Deployment.Analysis.Statistics;

namespace Deployment.Analysis;

/// <summary>
/// The rules that compare a release with its baseline by statistics. They look at everything since the last shift of traffic: leave
/// <see cref="MetricRule.Window"/> null. What they promise, and which to take, is in docs/judges.md.
/// </summary>
public static class Metrics
{
    /// <summary>
    /// It is worse than the baseline's, by a sequential comparison that may be looked at as often as one likes: an e-process after Ville (1939)
    /// and Ramdas, Grünwald, Vovk and Shafer (2023), tempered by the dispersion of the events. It needs a baseline that is measured at the same time.
    /// </summary>
    /// <param name="metric">A ratio, or a distribution measured in histograms, of which more is worse.</param>
    /// <param name="options">Null for the defaults: 1% of false alarms, batches of a second.</param>
    /// <exception cref="DeploymentValidationException">The metric can't be compared this way, or the options are out of range; it has all that is wrong.</exception>
    public static MetricRule IsWorseThanBaseline(this Metric metric, SequentialOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return AnyIsWorseThanBaseline([metric], options);
    }

    /// <summary>One of some metrics is worse than the baseline's: all of them share the rate of false alarms.</summary>
    /// <param name="metrics">Ratios, or distributions measured in histograms, of which more is worse; each once.</param>
    /// <param name="options">Null for the defaults: 1% of false alarms, batches of a second.</param>
    /// <exception cref="DeploymentValidationException">A metric can't be compared this way, or the options are out of range; it has all that is wrong.</exception>
    public static MetricRule AnyIsWorseThanBaseline(IReadOnlyList<Metric> metrics, SequentialOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return new MetricRule(new SequentialJudge(metrics, options ?? new SequentialOptions()));
    }

    /// <summary>
    /// The metrics score too little in a comparison as Spinnaker's Kayenta defines it (<c>NetflixACAJudge-v1.0</c>): worse below the marginal
    /// score; between that and the one that passes it is neither, so that a person decides at the end. A recorded baseline will do.
    /// </summary>
    /// <param name="options">What is compared, and what it must score.</param>
    /// <exception cref="DeploymentValidationException">The options are out of range; it has all that is wrong.</exception>
    public static MetricRule FailComparison(ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MetricRule(new ComparisonJudge(options));
    }

    /// <summary>
    /// It is worse than the baseline's by Fisher's exact test (1935), one-sided: for little traffic. It looks once, when the release has had a
    /// number of events, and stays with what it found. A recorded baseline will do.
    /// </summary>
    /// <param name="metric">A ratio, of which more is worse, or less.</param>
    /// <param name="afterEvents">At how many of the release's events it looks: 1 to 1,000,000.</param>
    /// <param name="significance">The share of releases without a difference that may be called worse: above 0, below 1; default 0.01.</param>
    /// <exception cref="DeploymentValidationException">The metric is no ratio, or a number is out of range; it has all that is wrong.</exception>
    public static MetricRule FailsFisherTest(this Metric metric, int afterEvents, double significance = 0.01)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return new MetricRule(new FisherJudge(metric, afterEvents, significance));
    }
}
