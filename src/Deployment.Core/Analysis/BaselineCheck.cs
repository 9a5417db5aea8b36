using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Deployment.Execution;
using Deployment.Health;
using Deployment.Json;
using Deployment.Releases;
using Deployment.Reports;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>
/// Before anything is changed: asks the sources whether they can be asked, and records how the old release does, for comparisons when it has no users any more.
/// </summary>
internal sealed class BaselineCheck(string name, string environment, MonitorDefinition monitor) : Check(name, CheckKind.Analysis)
{
    public override CheckDescription Describe(CheckSubject subject)
    {
        string probed = Probed.Length > 0 ? $"{string.Join(", ", Probed.Select(source => Naming.Printable(source.Name)))} can be asked." : "";
        if (!Records(subject))
        {
            return new CheckDescription([], probed);
        }

        MetricSubject old = OldOf(subject);
        return new CheckDescription(
            [.. Metrics.SelectMany(metric => monitor.SourceOf(metric, old, null)?.Commands(metric, old) ?? []).Distinct(StringComparer.Ordinal)],
            $"{probed}{(probed.Length > 0 ? " " : "")}How {old.Revision} does is recorded, to compare with: {string.Join(", ", Metrics)}; up to the last {Duration.Of(monitor.Options.Recording)}, where the source has a memory, else what it tells within {Duration.Of(Longest)}.");
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

    /// <summary>The sources that the monitor was given: a target tells by itself that it can't be reached.</summary>
    private IMetricSource[] Probed => [.. monitor.Sources.Distinct()];

    /// <summary>Whether there is anything to ask or to record.</summary>
    internal bool IsNeeded(CheckSubject subject) => Probed.Length > 0 || Records(subject);

    /// <summary>Whether there is an old release, and anything that a recording of it serves.</summary>
    private bool Records(CheckSubject subject) => subject.Baseline is not null && Metrics.Any();

    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        string[] silent = [.. (await Task.WhenAll(Probed.Select(source => ProbeAsync(source, context.TimeProvider, cancellationToken)))).OfType<string>()];
        if (silent.Length > 0)
        {
            return Verdict.InsufficientData($"{string.Join(" ", silent)} The release could not be watched; nothing was changed yet.") with
            {
                OnFailure = monitor.Options.OnMissingData == MissingDataAction.RollBack ? FailureAction.RollBack : FailureAction.Investigate,
            };
        }

        if (!Records(context.Subject))
        {
            return Verdict.Pass($"{string.Join(", ", Probed.Select(source => Naming.Printable(source.Name)))} answered.");
        }

        MetricSubject old = OldOf(context.Subject);
        WatchSeries[] series = await Task.WhenAll(Metrics.Select(metric => RecordAsync(metric, old, context, cancellationToken)));
        string hash = await context.KeepAsync(JsonSerializer.SerializeToUtf8Bytes(series, CoreJson.Default.WatchSeriesArray), cancellationToken);
        ImmutableSortedDictionary<string, string> evidence = series.ToImmutableSortedDictionary(one => one.Metric, Words, StringComparer.Ordinal).SetItem(CheckEvidence.Record, hash);
        string[] lacks = [.. series.Select(one => LackOf(one, old)).OfType<string>()];
        return (lacks.Length == 0
            ? Verdict.Pass($"{old.Revision}: {string.Join(", ", series.Select(one => $"{one.Metric} {ValueOf(one)}"))}.")
            : Verdict.InsufficientData($"{string.Join(" ", lacks)} Rules that compare with it can't be judged.")) with { Evidence = evidence };
    }

    /// <summary>Null when it can be asked.</summary>
    private async Task<string?> ProbeAsync(IMetricSource source, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(monitor.Options.ReadTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await new Patience(time, Patience.Least).RunAsync(
                async () =>
                {
                    await source.ProbeAsync(stop.Token);
                    return true;
                },
                stop.Token);
            return null;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return $"{Naming.Printable(source.Name)} did not say within {Duration.Of(monitor.Options.ReadTimeout)} whether it can be asked.";
        }
        catch (Exception error)
        {
            return $"{Naming.Printable(source.Name)} can't be asked: {(error is DeploymentException ? error.Message : HealthWording.Of(error)).TrimEnd('.')}.";
        }
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
        return size >= needed ? null : string.Create(CultureInfo.InvariantCulture, $"There are {size:0} samples of {series.Metric} of {old} to record, and {needed} are needed{because}.");
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
