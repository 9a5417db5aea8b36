using System.Collections.Immutable;
using System.Text.Json;
using Deployment.Health;
using Deployment.Json;
using Deployment.Reports;

namespace Deployment.Analysis;

/// <summary>Records how the old release does before anything is changed, for comparisons when it has no users any more.</summary>
internal sealed class BaselineCheck(string name, string environment, MonitorDefinition monitor) : Check(name, CheckKind.Analysis)
{
    public override CheckDescription Describe(CheckSubject subject)
    {
        MetricSubject old = OldOf(subject);
        return new CheckDescription(
            [.. Metrics.SelectMany(metric => monitor.SourceOf(metric, old, null)?.Commands(metric, old) ?? []).Distinct(StringComparer.Ordinal)],
            $"How {old.Revision} does is recorded, to compare with: {string.Join(", ", Metrics)}; up to the last {Duration.Of(monitor.Options.Recording)}, where the source has a memory.");
    }

    private IEnumerable<Metric> Metrics => monitor.Rules.Select(rule => rule.Rule.Judge).Where(judge => judge.NeedsBaseline && !judge.NeedsLiveBaseline)
        .SelectMany(judge => judge.Metrics).DistinctBy(metric => metric.Name);

    /// <summary>Whether there is anything that a recording serves.</summary>
    internal bool IsNeeded => Metrics.Any();

    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        MetricSubject old = OldOf(context.Subject);
        WatchSeries[] series = await Task.WhenAll(Metrics.Select(metric => RecordAsync(metric, old, context, cancellationToken)));
        string hash = await context.KeepAsync(JsonSerializer.SerializeToUtf8Bytes(series, CoreJson.Default.WatchSeriesArray), cancellationToken);
        ImmutableSortedDictionary<string, string> evidence = series.ToImmutableSortedDictionary(one => one.Metric, Words, StringComparer.Ordinal).SetItem(CheckEvidence.Record, hash);
        WatchSeries? without = series.FirstOrDefault(one => one.Samples.Count == 0);
        return (without is null
            ? Verdict.Pass($"{old.Revision}: {string.Join(", ", series.Select(one => $"{one.Metric} {ValueOf(one)}"))}.")
            : Verdict.InsufficientData($"There is nothing of {without.Metric} of {old} to record{(without.Problems.Count > 0 ? $": {without.Problems[^1].Problem}" : "")}. Rules that compare with it can't be judged.")) with { Evidence = evidence };
    }

    private MetricSubject OldOf(CheckSubject subject) => new(environment, subject.Target, subject.Baseline!);

    private async Task<WatchSeries> RecordAsync(Metric metric, MetricSubject old, CheckContext context, CancellationToken cancellationToken)
    {
        IMetricSource source = monitor.SourceOf(metric, old, context.Capability<IMetricSource>())
            ?? throw new DeploymentException($"Nothing measures '{metric}' of {old} any more: neither a source of the monitor nor the target itself.");
        DateTimeOffset begin = context.TimeProvider.GetUtcNow();
        var log = new WatchLog(metric, WatchSide.Baseline, old, source, begin - monitor.Options.Recording, monitor.Options);
        await log.ReadAsync(begin, context.TimeProvider, cancellationToken);
        // A source without a memory tells nothing at first.
        while (log.Series.Samples.Count == 0 && context.TimeProvider.GetUtcNow() - begin < monitor.Options.StaleAfter)
        {
            await context.TimeProvider.DelayAsync(monitor.Options.Interval, cancellationToken);
            await log.ReadAsync(context.TimeProvider.GetUtcNow(), context.TimeProvider, cancellationToken);
        }

        return log.Series with { IsRecorded = true };
    }

    private string Words(WatchSeries series) => $"{ValueOf(series)}, {series.Samples.Count} samples by {series.Source}: {series.Query}";

    private string ValueOf(WatchSeries series)
    {
        Metric metric = Metrics.First(metric => metric.Name == series.Metric);
        return metric.Text(new MetricSeries(metric, [.. series.Samples.Select(sample => sample.Sample)]).Value);
    }
}
