namespace Deployment.Analysis;

/// <summary>What a pipeline watches, frozen.</summary>
internal sealed record MonitorDefinition
{
    /// <summary>Health alone, where a pipeline has no monitor.</summary>
    internal static MonitorDefinition None { get; } = new() { Bake = TimeSpan.Zero, Options = new MonitorOptions { Intensive = TimeSpan.Zero } };

    /// <summary>How long it is watched after a shift, unless the strategy bakes by itself.</summary>
    internal required TimeSpan Bake { get; init; }

    internal required MonitorOptions Options { get; init; }

    internal IReadOnlyList<MonitorRule> Rules { get; init; } = [];

    /// <summary>The first one that measures a metric is asked for it; where none does, the target is.</summary>
    internal IReadOnlyList<IMetricSource> Sources { get; init; } = [];

    internal bool NeedsBaseline => Rules.Any(rule => rule.Rule.Judge.NeedsBaseline);

    /// <summary>Each metric once.</summary>
    internal IEnumerable<Metric> Metrics => Rules.SelectMany(rule => rule.Rule.Judge.Metrics).DistinctBy(metric => metric.Name);

    internal IMetricSource? SourceOf(Metric metric, MetricSubject subject, IMetricSource? target) =>
        Sources.Append(target).OfType<IMetricSource>().FirstOrDefault(source => source.Measures(metric, subject));
}
