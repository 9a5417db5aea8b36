namespace Deployment.Analysis;

/// <summary>Where metrics come from. A target that measures its revisions itself offers this as a capability.</summary>
public interface IMetricSource
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>Whether it measures this. Pure: it is asked while planning.</summary>
    bool Measures(Metric metric, MetricSubject subject);

    /// <summary>
    /// Whether it can be asked now for what was measured minutes to an hour ago: only then a look of an extended watch can rest on it. How far back
    /// is its own matter: a time of which it tells nothing is noted. Pure: it is asked while planning. Default false.
    /// </summary>
    bool Remembers(Metric metric, MetricSubject subject) => false;

    /// <summary>Lines for a POSIX shell with which a person reads the same; empty when only code can. Pure: it is called while planning.</summary>
    IReadOnlyList<string> Commands(Metric metric, MetricSubject subject);

    /// <summary>
    /// Whether it can be asked at all, with what it is asked by: a run does so before it changes anything, so that no user meets a release that nobody
    /// could watch. Default: it can.
    /// </summary>
    /// <exception cref="MetricSourceException">It can't.</exception>
    Task ProbeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins to read one metric of one subject.</summary>
    /// <param name="metric">One that it measures.</param>
    /// <param name="subject">Whose.</param>
    /// <param name="since">
    /// The last moment that traffic was shifted, or where a recording begins. Nothing from before it may come into a sample, but for the last
    /// value of a counter, from which its growth is told. A source that has no memory begins when it is opened.
    /// </param>
    IMetricFeed Open(Metric metric, MetricSubject subject, DateTimeOffset since);
}
