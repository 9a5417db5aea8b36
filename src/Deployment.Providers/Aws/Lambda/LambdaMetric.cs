using Deployment.Analysis;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>What AWS counts of functions besides what every service has.</summary>
public static class LambdaMetric
{
    /// <summary>Invocations of the alias that AWS turned away because no concurrency was left. It can't tell which version they were for.</summary>
    public static Metric Throttles { get; } = Metric.Increase("throttles");
}
