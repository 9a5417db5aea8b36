using Deployment.Providers.Aws.Clients;

namespace Deployment.Providers.Aws.Lambda.Metrics;

/// <summary>The call of Amazon CloudWatch that this package makes.</summary>
internal interface ICloudWatch
{
    /// <summary>Each query's values by the beginning of their minute, of all minutes that were asked for.</summary>
    /// <exception cref="AwsFailure">It was refused or failed.</exception>
    /// <exception cref="FormatException">It answered what can't be understood, or not all of it.</exception>
    Task<IReadOnlyList<IReadOnlyDictionary<DateTimeOffset, double>>> GetMetricDataAsync(IReadOnlyList<MetricQuery> queries, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
}
