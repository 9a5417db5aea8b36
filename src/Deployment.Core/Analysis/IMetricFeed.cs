namespace Deployment.Analysis;

/// <summary>One metric of one subject, as it comes. It is read by one caller at a time.</summary>
public interface IMetricFeed
{
    /// <summary>
    /// What is asked of the source, for the evidence: a query, a file. Never a secret. It names the subject: where a release and its baseline are
    /// measured at the same time by one query of one source, neither is judged, because the release would be compared with itself.
    /// </summary>
    string Query { get; }

    /// <summary>The samples that are new since the last call, in the order of their time; none when nothing is new.</summary>
    /// <exception cref="MetricSourceException">It could not be asked, or what it answered can't be used.</exception>
    Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken);
}
