using System.Collections.Immutable;

namespace Deployment.Providers.Aws.Lambda.Metrics;

/// <summary>A metric of AWS/Lambda, by the minute.</summary>
/// <param name="Name">Such as <c>Errors</c>.</param>
/// <param name="Statistic">Such as <c>Sum</c> or <c>p95</c>.</param>
/// <param name="Dimensions">Whose it is.</param>
internal sealed record MetricQuery(string Name, string Statistic, ImmutableArray<(string Name, string Value)> Dimensions)
{
    /// <summary>For messages.</summary>
    public string Resource => $"AWS/Lambda {Name} of {string.Join(", ", Dimensions.Select(dimension => $"{dimension.Name}={dimension.Value}"))}";
}
