using Deployment.Releases;

namespace Deployment.Analysis;

/// <summary>Metrics that the host's own code measures.</summary>
public sealed class DelegateMetricSource : IMetricSource
{
    private readonly TimeProvider _timeProvider;
    private readonly Dictionary<string, MetricReader> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _remembered = new(StringComparer.Ordinal);

    /// <summary>Creates a source without metrics.</summary>
    /// <param name="name">What people call it: 1 to 120 printable characters.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    public DelegateMetricSource(string name, TimeProvider? timeProvider = null)
    {
        Name = Title.Check("metric source", name);
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Adds a metric.</summary>
    /// <param name="metric">What is measured.</param>
    /// <param name="read">Measures it. Calls for one subject follow each other without a gap.</param>
    /// <param name="remembers">
    /// Whether it can tell of a stretch that began up to an hour before the call, as a query of a database by time can and a counter in memory can't.
    /// An extended watch rests on nothing else. Default false.
    /// </param>
    /// <exception cref="DeploymentException">The metric was added before.</exception>
    public DelegateMetricSource Add(Metric metric, MetricReader read, bool remembers = false)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(read);
        if (!_readers.TryAdd(metric.Name, read))
        {
            throw new DeploymentException($"{Name} has two readers of '{metric}'. Add one.");
        }

        if (remembers)
        {
            _remembered.Add(metric.Name);
        }

        return this;
    }

    /// <inheritdoc/>
    public bool Measures(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return _readers.ContainsKey(metric.Name);
    }

    /// <inheritdoc/>
    public bool Remembers(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return _remembered.Contains(metric.Name);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Commands(Metric metric, MetricSubject subject) => [];

    /// <inheritdoc/>
    public IMetricFeed Open(Metric metric, MetricSubject subject, DateTimeOffset since)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return new Feed(Name, metric, subject, since, _readers[metric.Name], _timeProvider);
    }

    private sealed class Feed(string source, Metric metric, MetricSubject subject, DateTimeOffset since, MetricReader read, TimeProvider timeProvider) : IMetricFeed
    {
        private DateTimeOffset? _last;

        public string Query => $"{metric} of {subject}";

        public async Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
        {
            DateTimeOffset from = _last ?? since;
            DateTimeOffset until = timeProvider.GetUtcNow();
            IReadOnlyList<MetricSample> samples = await read(subject, from, until, cancellationToken)
                ?? throw new MetricSourceException(source, Query, "It returned null: return no samples when nothing was measured.");
            _last = until;
            return samples;
        }
    }
}
