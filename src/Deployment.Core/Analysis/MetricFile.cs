using System.Globalization;
using System.Text.Json;
using Deployment.Json;
using Deployment.Releases;
using Microsoft.VisualBasic.FileIO;

namespace Deployment.Analysis;

/// <summary>
/// Samples from a file: to try rules on what was measured before, and for programs that write what they measure. It is read anew at each look, so
/// that it may grow. A line is one sample of one metric of one revision.
/// </summary>
public sealed class MetricFile : IMetricSource
{
    private const long MostBytes = 100_000_000;

    private static readonly string[] Columns = ["metric", "revision", "from", "at", "value", "events", "bad"];

    private readonly Func<string, List<MetricFileRow>> _read;
    private readonly string _path;

    private MetricFile(string path, Func<string, List<MetricFileRow>> read)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = path;
        _read = read;
    }

    /// <inheritdoc/>
    public string Name => _path;

    /// <summary>
    /// A file of JSON lines, each such as
    /// <c>{"metric":"error rate","revision":"1.4.0","from":"2026-01-31T10:00:00Z","at":"2026-01-31T10:00:01Z","events":20,"bad":1}</c>. The revision is its id or
    /// its version; for a distribution there is <c>"histogram":{"bounds":[0.1,1],"counts":[18,1,0]}</c>.
    /// </summary>
    /// <param name="path">The file; up to 100 MB.</param>
    public static MetricFile JsonLines(string path) => new(path, ReadJsonLines);

    /// <summary>A file of comma-separated values whose first line names the columns: <c>metric,revision,from,at,value,events,bad</c>, of which <c>from</c>, <c>value</c>, <c>events</c> and <c>bad</c> may be left out or empty.</summary>
    /// <param name="path">The file; up to 100 MB.</param>
    public static MetricFile Csv(string path) => new(path, ReadCsv);

    /// <inheritdoc/>
    public bool Measures(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return subject.Cohort is null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Commands(Metric metric, MetricSubject subject) => [Deployment.Commands.Command.Of("cat", _path).ToString()];

    /// <inheritdoc/>
    public IMetricFeed Open(Metric metric, MetricSubject subject, DateTimeOffset since) => new Feed(this, metric, subject, since);

    private static List<MetricFileRow> ReadJsonLines(string path)
    {
        List<MetricFileRow> rows = [];
        foreach (string line in File.ReadLines(path).Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            rows.Add(JsonSerializer.Deserialize(line, CoreJson.Default.MetricFileRow) ?? throw new JsonException($"line {rows.Count + 1} is null"));
        }

        return rows;
    }

    private static List<MetricFileRow> ReadCsv(string path)
    {
        using var parser = new TextFieldParser(path) { HasFieldsEnclosedInQuotes = true };
        parser.SetDelimiters(",");
        string[] header = parser.ReadFields() ?? throw new FormatException("it is empty");
        if (header.Except(Columns).FirstOrDefault() is { } unknown)
        {
            throw new FormatException($"its first line names the column '{Naming.Printable(unknown)}'; there are {string.Join(", ", Columns)}");
        }

        List<MetricFileRow> rows = [];
        while (parser.ReadFields() is { } fields)
        {
            string? Field(string column) => Array.IndexOf(header, column) is >= 0 and int i && i < fields.Length && fields[i].Length > 0 ? fields[i] : null;
            rows.Add(new MetricFileRow
            {
                Metric = Field("metric") ?? throw new FormatException($"row {rows.Count + 1} has no metric"),
                Revision = Field("revision") ?? throw new FormatException($"row {rows.Count + 1} has no revision"),
                From = Field("from") is { } from ? Time(from) : null,
                At = Time(Field("at") ?? throw new FormatException($"row {rows.Count + 1} has no time")),
                Value = Number(Field("value")),
                Events = Number(Field("events")),
                Bad = Number(Field("bad")),
            });
        }

        return rows;
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static double? Number(string? text) => text is null ? null : double.Parse(text, CultureInfo.InvariantCulture);

    private List<MetricFileRow> Read(string query)
    {
        try
        {
            return new FileInfo(_path).Length <= MostBytes ? _read(_path) : throw new MetricSourceException(_path, query, $"The file has more than {MostBytes / 1_000_000} MB.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or FormatException or MalformedLineException or OverflowException || (error is DeploymentException and not MetricSourceException))
        {
            throw new MetricSourceException(_path, query, $"The file can't be read: {error.Message}", innerException: error);
        }
    }

    private sealed class Feed(MetricFile file, Metric metric, MetricSubject subject, DateTimeOffset since) : IMetricFeed
    {
        private DateTimeOffset? _last;

        public string Query => $"{metric} of {subject.Revision}";

        public Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<MetricSample> samples =
            [
                .. file.Read(Query).Where(row => row.IsOf(metric, subject)).Select(row => row.Sample)
                    .Where(sample => sample.From >= since && (_last is null || sample.At > _last))
                    .OrderBy(sample => sample.At),
            ];
            _last = samples.Count > 0 ? samples[^1].At : _last;
            return Task.FromResult(samples);
        }
    }
}
