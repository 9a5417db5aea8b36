namespace Deployment.Analysis;

/// <summary>Measures one subject for a stretch of time.</summary>
/// <param name="subject">Whose.</param>
/// <param name="from">Where the stretch begins: the last shift, or where the call before ended.</param>
/// <param name="until">Where it ends: now.</param>
/// <param name="cancellationToken">Cancels.</param>
/// <returns>Samples of that stretch, in the order of their time; none when nothing was measured.</returns>
public delegate Task<IReadOnlyList<MetricSample>> MetricReader(MetricSubject subject, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
