using Deployment.Analysis;
using Deployment.Providers.Prometheus.Queries;

namespace Deployment.Providers.Prometheus;

public sealed partial class PrometheusOptions
{
    private List<Func<PrometheusOptions, ICollection<string>, IEnumerable<MetricDefinition>>> _registrations = [];

    /// <summary>A ratio: how much the bad ones of all events grew, counted in two sets of counters.</summary>
    /// <param name="metric">A ratio, such as <see cref="Metric.ErrorRate"/>.</param>
    /// <param name="bad">The selector of the counters of bad events, which must be among all. No series there means that nothing was bad.</param>
    /// <param name="all">The selector of the counters of all events. No series there is an error, five scrape intervals after a shift.</param>
    public void Ratio(Metric metric, string bad, string all)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(bad);
        ArgumentNullException.ThrowIfNull(all);
        _registrations.Add((_, problems) => [new RatioDefinition(metric, Read(metric, "bad", bad, problems, isSelector: true), Read(metric, "all", all, problems, isSelector: true))]);
    }

    /// <summary>Quantiles of a classic histogram, whose buckets bear the label <c>le</c>. Native histograms aren't read.</summary>
    /// <param name="buckets">The selector of its buckets, such as <c>http_request_duration_seconds_bucket{revision="{revision}"}</c>, in the metrics' unit.</param>
    /// <param name="metrics">The distributions that are read of it, such as <see cref="Metric.LatencyP95"/>.</param>
    public void Distribution(string buckets, params Metric[] metrics)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        ArgumentNullException.ThrowIfNull(metrics);
        Metric[] all = [.. metrics];
        _registrations.Add((_, problems) =>
        {
            if (all.Length == 0)
            {
                problems.Add($"The histogram `{PromQl.Printable(buckets)}` is read for no metric. Name one, such as Metric.LatencyP95.");
                return [];
            }

            QueryTemplate template = Read(all[0], "buckets", buckets, problems, isSelector: true);
            return all.Select(metric => new DistributionDefinition(metric, template));
        });
    }

    /// <summary>What counters grew by, all series together.</summary>
    /// <param name="metric">A rate or an increase, such as <see cref="Metric.RequestRate"/> or <see cref="Metric.Restarts"/>.</param>
    /// <param name="counters">The selector of the counters. No series there is an error, five scrape intervals after a shift, unless there is a companion.</param>
    /// <param name="beside">
    /// The selector of a companion: counters that have series whenever the release is measured, such as those of all requests. As long as it has some,
    /// no series of <paramref name="counters"/> means that nothing was counted yet; the evidence says so. Null for none. Default null.
    /// </param>
    public void Counter(Metric metric, string counters, string? beside = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(counters);
        _registrations.Add((_, problems) =>
        [
            new CounterDefinition(
                metric,
                Read(metric, "counters", counters, problems, isSelector: true),
                beside is null ? null : Read(metric, "companion of the counters", beside, problems, isSelector: true)),
        ]);
    }

    /// <summary>A level, as a gauge tells it.</summary>
    /// <param name="metric">A level, such as <see cref="Metric.Memory"/>.</param>
    /// <param name="gauge">The selector of the gauge. No series there is an error, five scrape intervals after a shift.</param>
    /// <param name="aggregate">What makes one of several series. Default <see cref="PrometheusAggregate.None"/>: several are an error.</param>
    public void Level(Metric metric, string gauge, PrometheusAggregate aggregate = PrometheusAggregate.None)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(gauge);
        _registrations.Add((_, problems) =>
        {
            if (!Enum.IsDefined(aggregate))
            {
                problems.Add($"The level of '{metric}' has an aggregate that isn't known.");
            }

            return [new LevelDefinition(metric, Read(metric, "gauge", gauge, problems, isSelector: true), aggregate)];
        });
    }

    /// <summary>Anything else: a PromQL expression that Prometheus computes, with one series as its result.</summary>
    /// <param name="metric">Any metric.</param>
    /// <param name="expression">
    /// The expression. Ranges are written <c>[{window}]</c>, so that they don't reach back before the last shift; a range of a fixed
    /// length, a subquery, <c>offset</c> and <c>@</c> are refused.
    /// </param>
    /// <param name="freshness">A selector of what the expression rests on: the time of its samples says up to when the expression is known.</param>
    /// <param name="window">What <c>{window}</c> is: two scrape intervals to an hour. Null for four scrape intervals. Default null.</param>
    public void Expression(Metric metric, string expression, string freshness, TimeSpan? window = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(freshness);
        _registrations.Add((options, problems) =>
        {
            TimeSpan length = window ?? options.ScrapeInterval * 4;
            if (window is not null && (length < options.ScrapeInterval * 2 || length > TimeSpan.FromHours(1)))
            {
                problems.Add($"The window of '{metric}' is {length}; it must be two scrape intervals ({options.ScrapeInterval * 2}) to an hour.");
            }

            return
            [
                new ExpressionDefinition(
                    metric, Read(metric, "expression", expression, problems, isSelector: false), Read(metric, "freshness", freshness, problems, isSelector: true), length),
            ];
        });
    }

    /// <summary>What was registered, with everything that is wrong with it.</summary>
    internal IReadOnlyList<MetricDefinition> Definitions(ICollection<string> problems)
    {
        MetricDefinition[] definitions = [.. _registrations.SelectMany(registration => registration(this, problems))];
        foreach (string problem in definitions.SelectMany(definition => definition.Problems().Concat(MayMixReleases ? [] : definition.MixedReleases())))
        {
            problems.Add(problem);
        }

        foreach (IGrouping<(string, bool), MetricDefinition> same in definitions.GroupBy(definition => (definition.Metric.Name, definition.IsOfCohorts)).Where(same => same.Count() > 1))
        {
            problems.Add($"'{same.First().Metric}' is defined {same.Count()} times{(same.Key.Item2 ? " for cohorts" : "")}. Keep one of them.");
        }

        if (definitions.Length == 0)
        {
            problems.Add("No metric is defined. Define one, such as Ratio(Metric.ErrorRate, bad: …, all: …).");
        }

        return definitions;
    }

    private static QueryTemplate Read(Metric metric, string role, string text, ICollection<string> problems, bool isSelector)
    {
        QueryTemplate template = TemplateReader.Read(text);
        foreach (string problem in template.Problems.Concat(isSelector ? PromQl.SelectorProblems(template) : PromQl.ExpressionProblems(template)))
        {
            problems.Add($"The {role} of '{metric}', `{PromQl.Printable(text)}`: {problem}");
        }

        return template;
    }
}
