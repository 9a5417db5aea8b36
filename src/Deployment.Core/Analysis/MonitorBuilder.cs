using Deployment.Reports;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>Says by which metrics a release is watched, and what makes it go back.</summary>
public sealed class MonitorBuilder
{
    private readonly MonitorOptions _options;
    private readonly List<IMetricSource> _sources = [];
    private readonly List<MonitorRule> _rules = [];

    /// <param name="options">What it begins with; null for the defaults.</param>
    internal MonitorBuilder(MonitorOptions? options = null) => _options = options ?? new MonitorOptions();

    /// <summary>Adds a source. A metric is read from the first one that measures it; where none does, from the target, if that measures its revisions itself.</summary>
    public MonitorBuilder From(IMetricSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _sources.Add(source);
        return this;
    }

    /// <summary>The run goes back when this is found.</summary>
    public MonitorBuilder RollBackWhen(MetricRule rule) => Add(rule, FailureAction.RollBack);

    /// <summary>The run is held when this is found, and a person decides: resume watches again, promote goes on, abort goes back.</summary>
    public MonitorBuilder InvestigateWhen(MetricRule rule) => Add(rule, FailureAction.Investigate);

    /// <summary>It is noted when this is found, once a watch, and the run goes on.</summary>
    public MonitorBuilder NoteWhen(MetricRule rule) => Add(rule, FailureAction.Note);

    /// <summary>Takes the criteria of the field, besides what else is said.</summary>
    /// <param name="adjust">Changes them; null for as they are.</param>
    public MonitorBuilder UseFieldCriteria(Action<FieldCriteria>? adjust = null)
    {
        var criteria = new FieldCriteria();
        adjust?.Invoke(criteria);
        criteria.AddTo(this);
        return this;
    }

    internal void NoteIfMeasured(MetricRule rule) => _rules.Add(new MonitorRule(rule, FailureAction.Note) { IsOptional = true });

    /// <summary>Sets how it is watched.</summary>
    public MonitorBuilder With(Action<MonitorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_options);
        return this;
    }

    /// <summary>What was said, frozen; all that is wrong is added to the errors.</summary>
    internal MonitorDefinition Build(TimeSpan bake, List<string> errors)
    {
        if (bake < TimeSpan.Zero || bake > TimeSpan.FromHours(24))
        {
            errors.Add($"The monitor watches for {bake} after a shift; it must be 0 to 24 h.");
        }

        if (_rules.Count == 0)
        {
            errors.Add("The monitor has no rule. Add one, such as RollBackWhen(Metric.ErrorRate.IsAbove(0.10)).");
        }

        errors.AddRange(_options.Problems());
        errors.AddRange(_rules.SelectMany(rule => rule.Rule.Problems()));
        errors.AddRange(_options.Extended == TimeSpan.Zero ? [] : _rules
            .Where(rule => rule.Action != FailureAction.Note)
            .Select(rule => rule.NeverCounts(_options.ExtendedInterval, _options.Interval) is { } why ? $"The looks of the extended watch are {Duration.Of(_options.ExtendedInterval)} apart ({nameof(MonitorOptions.ExtendedInterval)}), and {rule.Text}: {why}" : null)
            .OfType<string>());
        // A name is how a metric is found: two metrics of one name would be judged by each other's samples.
        errors.AddRange(_rules.SelectMany(rule => rule.Rule.Judge.Metrics).Distinct().GroupBy(metric => metric.Name).Where(same => same.Count() > 1)
            .Select(same => $"Several metrics are called '{same.Key}'. Give each its own name."));
        return new MonitorDefinition { Bake = bake, Options = _options.Copy(), Rules = [.. _rules], Sources = [.. _sources] };
    }

    private MonitorBuilder Add(MetricRule rule, FailureAction action)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rules.Add(new MonitorRule(rule, action));
        return this;
    }
}
