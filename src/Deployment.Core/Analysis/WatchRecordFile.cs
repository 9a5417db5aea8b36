using System.Text.Json;
using Deployment.Json;
using Deployment.Releases;

namespace Deployment.Analysis;

/// <summary>Reads the blob of a watch. What comes from there is believed only after it was checked: nobody else would stop it later.</summary>
internal static class WatchRecordFile
{
    /// <param name="json">The blob.</param>
    /// <param name="hash">Its hash, to name it by.</param>
    /// <exception cref="DeploymentException">It is no record of a watch, or of a format that this version doesn't read.</exception>
    internal static WatchRecord Read(ReadOnlyMemory<byte> json, string hash)
    {
        int? format = Parsed(json, hash, FormatOf);
        if (format != WatchRecord.CurrentFormat)
        {
            throw new DeploymentException($"The record {hash} of a watch has {(format is null ? "no format" : $"format {format}")}; this version of the library reads format {WatchRecord.CurrentFormat}. Take the version that wrote it.");
        }

        WatchRecord? record = Parsed(json, hash, bytes => JsonSerializer.Deserialize(bytes.Span, CoreJson.Default.WatchRecord));
        string? problem = record is null ? "it is empty" : Problem(record);
        return problem is null ? record! : throw Damaged(hash, problem, null);
    }

    /// <summary>Reads what was recorded of the baseline.</summary>
    /// <param name="json">The blob.</param>
    /// <param name="hash">Its hash, to name it by.</param>
    /// <exception cref="DeploymentException">It is no such record.</exception>
    internal static IReadOnlyList<WatchSeries> ReadBaseline(ReadOnlyMemory<byte> json, string hash)
    {
        WatchSeries[]? all = Parsed(json, hash, bytes => JsonSerializer.Deserialize(bytes.Span, CoreJson.Default.WatchSeriesArray));
        string? problem = all is null ? "it is empty"
            : all.Any(series => series is not { IsRecorded: true, Side: WatchSide.Baseline }) ? "a series in it was not recorded of a baseline"
            : all.Select(Problem).OfType<string>().FirstOrDefault();
        return problem is null ? all! : throw Damaged(hash, problem, null);
    }

    private static T Parsed<T>(ReadOnlyMemory<byte> json, string hash, Func<ReadOnlyMemory<byte>, T> parse)
    {
        try
        {
            return parse(json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NotSupportedException or ArgumentException or FormatException or OverflowException or DeploymentException)
        {
            throw Damaged(hash, error.Message, error);
        }
    }

    private static int? FormatOf(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("format", out JsonElement format)
            && format.ValueKind == JsonValueKind.Number
            && format.TryGetInt32(out int number) ? number : null;
    }

    private static DeploymentException Damaged(string hash, string why, Exception? cause) =>
        new($"The record {hash} of a watch can't be used: {why.TrimEnd('.')}. It was not written by this library, or was damaged; restore the store from a backup.", cause);

    /// <summary>What is wrong with a record; null when nothing is.</summary>
    private static string? Problem(WatchRecord record) =>
        record.Looks.Count == 0 ? "it has no looks"
        : !IsTime(record.Since) || !IsTime(record.Until) || !record.Looks.All(IsTime) ? "a time in it is impossible"
        : record.Looks.Zip(record.Looks.Skip(1)).Any(pair => pair.First > pair.Second) ? "its looks are not in order"
        : record.WarmUp < TimeSpan.Zero || record.WarmUp > TimeSpan.FromHours(1) ? "its warm-up is impossible"
        : !Enum.IsDefined(record.Outcome) ? "it has no outcome"
        : record.Findings.Any(finding => finding is null || !Enum.IsDefined(finding.Action) || !Enum.IsDefined(finding.Result) || finding.Metrics.Any(metric => metric is null)) ? "a finding in it is none"
        : record.Watches is < 1 ? "the number of watches is impossible"
        : record.Series.Any(series => series is null) ? "a series in it is none"
        : record.Series.Select(Problem).OfType<string>().FirstOrDefault();

    private static string? Problem(WatchSeries series)
    {
        if (Title.Problem("metric", series.Metric) is { } name)
        {
            return name;
        }

        if (!Enum.IsDefined(series.Kind) || !Enum.IsDefined(series.Unit) || !Enum.IsDefined(series.Side) || !(series.Quantile is >= 0 and < 1) || (series.Kind == MetricKind.Distribution && series.Quantile == 0))
        {
            return $"{series.Metric} is no metric";
        }

        if (series.Problems.Any(problem => problem is null) || series.Samples.Any(sample => sample?.Sample is null))
        {
            return $"{series.Metric} has what is no sample";
        }

        var metric = Metric.Of(series);
        return series.Samples.Any(seen => !IsTime(seen.Seen) || !IsTime(seen.Sample.From) || !IsTime(seen.Sample.At)) ? $"a time of {series.Metric} is impossible"
            : series.Samples.Zip(series.Samples.Skip(1)).Any(pair => pair.First.Seen > pair.Second.Seen) || series.Problems.Zip(series.Problems.Skip(1)).Any(pair => pair.First.Seen > pair.Second.Seen) ? $"the samples of {series.Metric} are not in order"
            : series.Samples.Select(seen => seen.Sample.Problem(metric)).Concat(series.Samples.Zip(series.Samples.Skip(1), (before, seen) => seen.Sample.Misplacement(before.Sample, metric))).OfType<string>().FirstOrDefault();
    }

    /// <summary>Far enough from both ends of time for every sum that a watch makes.</summary>
    private static bool IsTime(DateTimeOffset time) => time.UtcDateTime.Year is > 1900 and < 9000;
}
