namespace Deployment.Analysis;

/// <summary>
/// Samples from a file: to try rules on what was measured before, and for programs that write what they measure. It may grow: each look reads
/// the lines that were added and have ended. A line is one sample of one metric of one revision; times without an offset are UTC. Where several
/// applications, environments or targets write into one file, its lines name them: <c>application</c>, <c>environment</c>, <c>target</c>. A line without
/// one of these is of whatever is asked for, so leave them out only where the file is of one alone.
/// </summary>
public sealed class MetricFile : IMetricSource
{
    private const long MostBytes = 100_000_000;

    private readonly string _path;
    private readonly TimeProvider _timeProvider;
    private readonly Func<MetricFileParser> _parser;
    private readonly Metric[] _metrics;

    private MetricFile(string path, IReadOnlyList<Metric> metrics, TimeProvider? timeProvider, Func<MetricFileParser> parser)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(metrics);
        _metrics = [.. metrics];
        if (_metrics.Length == 0 || _metrics.Any(metric => metric is null))
        {
            throw new DeploymentException($"The file {Releases.Naming.Printable(path)} has no metric. Name what it has, such as Metric.ErrorRate: what it doesn't have is asked of another source.");
        }

        _path = path;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _parser = parser;
    }

    /// <inheritdoc/>
    public string Name => _path;

    /// <summary>The size from which on the file is refused.</summary>
    internal long Most { get; init; } = MostBytes;

    /// <summary>
    /// A file of JSON lines, each such as
    /// <c>{"metric":"error rate","revision":"1.4.0","from":"2026-01-31T10:00:00Z","at":"2026-01-31T10:00:01Z","events":20,"bad":1}</c>. The revision is its id or
    /// its version, which is never that of a canary's baseline; for a distribution there is <c>"histogram":{"bounds":[0.1,1],"counts":[18,1,0]}</c>.
    /// </summary>
    /// <param name="path">The file; up to 100 MB.</param>
    /// <param name="metrics">What the file has; at least one. It is asked for nothing else.</param>
    /// <param name="timeProvider">The clock, by which a sample of the future waits until its time has come; null for the system's.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="DeploymentException">No metric is named.</exception>
    public static MetricFile JsonLines(string path, IReadOnlyList<Metric> metrics, TimeProvider? timeProvider = null) => new(path, metrics, timeProvider, () => new JsonLinesParser());

    /// <summary>
    /// A file of comma-separated values whose first line names the columns: <c>metric,revision,application,environment,target,from,at,value,events,bad</c>, of which all but
    /// <c>metric</c>, <c>revision</c> and <c>at</c> may be left out or empty.
    /// </summary>
    /// <param name="path">The file; up to 100 MB.</param>
    /// <param name="metrics">What the file has; at least one. It is asked for nothing else.</param>
    /// <param name="timeProvider">The clock, by which a sample of the future waits until its time has come; null for the system's.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="DeploymentException">No metric is named.</exception>
    public static MetricFile Csv(string path, IReadOnlyList<Metric> metrics, TimeProvider? timeProvider = null) => new(path, metrics, timeProvider, () => new CsvParser());

    /// <inheritdoc/>
    /// <remarks>Its folder must be there; the file may yet come.</remarks>
    public Task ProbeAsync(CancellationToken cancellationToken) => Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(_path)))
        ? Task.CompletedTask
        : throw new MetricSourceException(Name, _path, "The folder of the file is not there.");

    /// <inheritdoc/>
    public bool Measures(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return subject.Cohort is null && _metrics.Any(known => known.Name == metric.Name && known.Kind == metric.Kind && known.Unit == metric.Unit);
    }

    /// <inheritdoc/>
    public bool Remembers(Metric metric, MetricSubject subject) => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> Commands(Metric metric, MetricSubject subject) => [Deployment.Commands.Command.Of("cat", _path).ToString()];

    /// <inheritdoc/>
    public IMetricFeed Open(Metric metric, MetricSubject subject, DateTimeOffset since)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return new Feed(new MetricFileReader(_path, $"{metric} of {subject.Revision}", Most, _parser), metric, subject, since, _timeProvider);
    }

    private sealed class Feed(MetricFileReader reader, Metric metric, MetricSubject subject, DateTimeOffset since, TimeProvider timeProvider) : IMetricFeed
    {
        private readonly List<MetricSample> _future = [];

        public string Query => reader.Query;

        public Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _future.AddRange(reader.Read(SampleOf, row => row.IsOf(metric, subject) ? row.Sample.Problem(metric) : null));
            DateTimeOffset now = timeProvider.GetUtcNow();
            MetricSample[] come = [.. _future.Where(sample => sample.At <= now).OrderBy(sample => sample.At)];
            _future.RemoveAll(sample => sample.At <= now);
            return Task.FromResult<IReadOnlyList<MetricSample>>(come);
        }

        private MetricSample? SampleOf(MetricFileRow row) => row.IsOf(metric, subject) && row.Sample.From >= since ? row.Sample : null;
    }
}
