using System.Collections.Immutable;
using System.Globalization;
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
            $"How {old.Revision} does is recorded, to compare with: {string.Join(", ", Metrics)}; up to the last {Duration.Of(monitor.Options.Recording)}, where the source has a memory, else what it tells within {Duration.Of(Longest)}.");
    }

    /// <summary>What a rule without a window of its own is recorded for. Each second of it delays the deployment.</summary>
    private static readonly TimeSpan UsualWindow = TimeSpan.FromMinutes(1);

    private IEnumerable<MetricRule> Rules => monitor.Rules.Select(rule => rule.Rule).Where(rule => rule.Judge.NeedsBaseline && !rule.Judge.NeedsLiveBaseline);

    private IEnumerable<Metric> Metrics => Rules.SelectMany(rule => rule.Judge.Metrics).DistinctBy(metric => metric.Name);

    /// <summary>How long it waits at most.</summary>
    private TimeSpan Longest => Metrics.Select(Wanted).DefaultIfEmpty(TimeSpan.Zero).Max() is var wanted && wanted > monitor.Options.StaleAfter ? wanted : monitor.Options.StaleAfter;

    /// <summary>How much time of a metric must be told of: as much as its rules look at of the release.</summary>
    private TimeSpan Wanted(Metric metric)
    {
        TimeSpan longest = RulesOf(metric).Max(rule => rule.Window ?? UsualWindow);
        return longest < monitor.Options.Recording ? longest : monitor.Options.Recording;
    }

    private IEnumerable<MetricRule> RulesOf(Metric metric) => Rules.Where(rule => rule.Judge.Metrics.Any(one => one.Name == metric.Name));

    /// <summary>Whether there is anything that a recording serves.</summary>
    internal bool IsNeeded => Metrics.Any();

    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        MetricSubject old = OldOf(context.Subject);
        WatchSeries[] series = await Task.WhenAll(Metrics.Select(metric => RecordAsync(metric, old, context, cancellationToken)));
        string hash = await context.KeepAsync(JsonSerializer.SerializeToUtf8Bytes(series, CoreJson.Default.WatchSeriesArray), cancellationToken);
        ImmutableSortedDictionary<string, string> evidence = series.ToImmutableSortedDictionary(one => one.Metric, Words, StringComparer.Ordinal).SetItem(CheckEvidence.Record, hash);
        string[] lacks = [.. series.Select(one => LackOf(one, old)).OfType<string>()];
        return (lacks.Length == 0
            ? Verdict.Pass($"{old.Revision}: {string.Join(", ", series.Select(one => $"{one.Metric} {ValueOf(one)}"))}.")
            : Verdict.InsufficientData($"{string.Join(" ", lacks)} Rules that compare with it can't be judged.")) with { Evidence = evidence };
    }

    private string? LackOf(WatchSeries series, MetricSubject old)
    {
        string because = series.Problems.Count > 0 && series.Problems[^1].Problem is { } problem ? $": {problem}" : "";
        if (series.Samples.Count == 0)
        {
            return $"There is nothing of {series.Metric} of {old} to record{because}.";
        }

        Metric metric = Metrics.First(metric => metric.Name == series.Metric);
        int needed = RulesOf(metric).Where(rule => rule.Judge.Needs(metric)).Select(rule => rule.MinimumSamples).DefaultIfEmpty(1).Max();
        double size = SeriesOf(metric, series).Size;
        return SeriesOf(metric, series).HasEnough(needed) ? null : string.Create(CultureInfo.InvariantCulture, $"There are {size:0} samples of {series.Metric} of {old} to record, and {needed} are needed{because}.");
    }

    private MetricSubject OldOf(CheckSubject subject) => new(environment, subject.Target, subject.Baseline!);

    private async Task<WatchSeries> RecordAsync(Metric metric, MetricSubject old, CheckContext context, CancellationToken cancellationToken)
    {
        IMetricSource source = monitor.SourceOf(metric, old, context.Capability<IMetricSource>())
            ?? throw new DeploymentException($"Nothing measures '{metric}' of {old} any more: neither a source of the monitor nor the target itself.");
        DateTimeOffset begin = context.TimeProvider.GetUtcNow();
        var log = new WatchLog(metric, WatchSide.Baseline, old, source, begin - monitor.Options.Recording, monitor.Options);
        await log.ReadAsync(begin, context.TimeProvider, cancellationToken);
        // A source without a memory tells nothing at first, and then of one moment: a window of the release is compared with as much.
        while (Lacks(log.Series, metric, context.TimeProvider.GetUtcNow() - begin))
        {
            await context.TimeProvider.DelayAsync(monitor.Options.Interval, cancellationToken);
            await log.ReadAsync(context.TimeProvider.GetUtcNow(), context.TimeProvider, cancellationToken);
        }

        return log.Series with { IsRecorded = true };
    }

    private bool Lacks(WatchSeries series, Metric metric, TimeSpan waited) => series.Samples.Count == 0
        ? waited < monitor.Options.StaleAfter
        : series.Samples[^1].Sample.At - series.Samples[0].Sample.From < Wanted(metric) && waited < Wanted(metric);

    private static MetricSeries SeriesOf(Metric metric, WatchSeries series) => new(metric, [.. series.Samples.Select(sample => sample.Sample)]);

    private string Words(WatchSeries series) => $"{ValueOf(series)}, {series.Samples.Count} samples by {series.Source}: {series.Query}";

    private string ValueOf(WatchSeries series)
    {
        Metric metric = Metrics.First(metric => metric.Name == series.Metric);
        return metric.Text(SeriesOf(metric, series).Value);
    }
}
