using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Deployment.Health;
using Deployment.Json;

namespace Deployment.Analysis;

// What a verdict rests on, and how it is kept.
internal sealed partial class Watch
{
    private ImmutableSortedDictionary<string, string> Evidence(RuleFinding finding)
    {
        var evidence = finding.Evidence().ToImmutableSortedDictionary(StringComparer.Ordinal).ToBuilder();
        foreach (WatchSeries series in Series.Where(series => finding.Rule.Rule.Judge.Metrics.Any(metric => metric.Name == series.Metric)))
        {
            evidence[$"{series.Metric} of {series.Subject}"] = $"{series.Source}: {series.Query}";
        }

        return Common(evidence);
    }

    private ImmutableSortedDictionary<string, string> Summary(RuleFinding[] findings)
    {
        var evidence = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (RuleFinding finding in findings)
        {
            evidence[finding.Rule.Text] = finding.Judgement.Reason;
        }

        foreach (WatchSeries series in Series)
        {
            evidence[$"{series.Metric} of {series.Subject}"] = $"{series.Source}: {series.Query}{(series.ProblemAt(_looks[^1]) is { } problem ? $" ({problem})" : "")}";
        }

        return Common(evidence);
    }

    private ImmutableSortedDictionary<string, string> Common(ImmutableSortedDictionary<string, string>.Builder evidence)
    {
        evidence["looks"] = _looks.Count.ToString(CultureInfo.InvariantCulture);
        evidence["since"] = _since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);
        evidence["until"] = _looks[^1].UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);
        return evidence.ToImmutable();
    }

    private async Task<Verdict> WithRecordAsync(WatchDecision decision, RuleFinding[] findings, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var record = new WatchRecord
        {
            Format = WatchRecord.CurrentFormat,
            Subject = _context.Subject,
            Since = _since,
            Until = end < DateTimeOffset.MaxValue ? end : _looks[^1],
            LooksBack = _context.LooksBack,
            OnlyGoesBack = _context.OnlyGoesBack,
            WarmUp = Options.WarmUp,
            Watches = _watches,
            Looks = _looks,
            Series = Series,
            Findings = [.. findings.Select(WatchFinding.Of)],
            LeftOut = _subjects.LeftOutOn(_context.Capability<IMetricSource>()).ToArray() is { Length: > 0 } leftOut ? leftOut : null,
            Outcome = decision.Outcome,
            Verdict = decision.Text,
        };
        ImmutableSortedDictionary<string, string> evidence = decision.Found is { } found ? Evidence(found) : Summary(findings);
        evidence = decision.Gap is { } gap ? evidence.SetItem(CheckEvidence.Gap, gap) : evidence;
        evidence = _context.LooksBack ? evidence.SetItem(CheckEvidence.JudgedUntil, JudgedUntil(end).UtcDateTime.ToString("O", CultureInfo.InvariantCulture)) : evidence;
        return decision.Verdict with { Evidence = await KeepAsync(record, evidence, cancellationToken) };
    }

    /// <summary>
    /// A sample that has not ended is not told yet, and the next look leaves out what reaches back before it: so that one begins where the last sample that this
    /// one was told of began, though not further back than a few minutes.
    /// </summary>
    private DateTimeOffset JudgedUntil(DateTimeOffset end)
    {
        DateTimeOffset least = end - LongestSample > _since ? end - LongestSample : _since;
        DateTimeOffset earliest = _logs.Select(log => log.Series.Samples).Select(samples => samples.Count > 0 ? samples[^1].Sample.From : least).Append(end).Min();
        return earliest > least ? earliest : least;
    }

    /// <summary>What was decided stands, whether or not what it rests on can be kept.</summary>
    private async Task<ImmutableSortedDictionary<string, string>> KeepAsync(WatchRecord record, ImmutableSortedDictionary<string, string> evidence, CancellationToken cancellationToken)
    {
        try
        {
            return evidence.SetItem(CheckEvidence.Record, await _context.KeepAsync(JsonSerializer.SerializeToUtf8Bytes(record, CoreJson.Default.WatchRecord), cancellationToken));
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return evidence.SetItem("what was seen is not kept", HealthWording.Of(error));
        }
    }
}
