using Deployment.Analysis;
using Deployment.Providers.Prometheus.Feeds;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>What Prometheus is asked for a metric.</summary>
internal abstract record MetricDefinition(Metric Metric)
{
    /// <summary>Whether it is for the users of a feature flag; otherwise it is for revisions.</summary>
    internal bool IsOfCohorts => Templates.Any(template => template.IsOfCohorts);

    protected abstract IEnumerable<QueryTemplate> Templates { get; }

    protected abstract IReadOnlyList<MetricKind> Kinds { get; }

    /// <summary>What measures all releases together, as if they were one.</summary>
    internal IEnumerable<string> MixedReleases() => Templates.Where(template => template.Problems.Count == 0 && !template.TellsReleases)
        .Select(template => $"`{PromQl.Printable(template.Text)}` of '{Metric}' names neither {{{TemplateWords.Revision}}} nor {{{TemplateWords.Version}}}, and measures the old release and the new one together. Add a label, such as revision=\"{{revision}}\", or set {nameof(PrometheusOptions.MayMixReleases)}.");

    /// <summary>Begins to read it.</summary>
    internal abstract IMetricFeed Open(FeedContext context, MetricSubject subject, DateTimeOffset since);

    /// <summary>What a person would ask, each as a query of a moment.</summary>
    internal abstract IEnumerable<string> Questions(MetricSubject subject, PrometheusOptions options);

    internal virtual IEnumerable<string> Problems()
    {
        if (Kinds.Count > 0 && !Kinds.Contains(Metric.Kind))
        {
            yield return $"'{Metric}' is a {Name(Metric.Kind)}, and what it is read of makes a {string.Join(" or ", Kinds.Select(Name))}.";
        }

        // With some parts alone told apart, all users would stand in for one group.
        if (IsOfCohorts && !Templates.All(template => template.TellsCohorts))
        {
            yield return $"'{Metric}' is defined for the users of a flag, but not each of its queries has {{{TemplateWords.Cohort}}}, which tells those who have it from the others.";
        }
    }

    private static string Name(MetricKind kind) => kind.ToString().ToLowerInvariant();
}
