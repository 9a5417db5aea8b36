namespace Deployment.Providers.Prometheus;

/// <summary>What makes one level of those that several instances have.</summary>
public enum PrometheusAggregate
{
    /// <summary>Nothing: several series are an error.</summary>
    None,

    /// <summary>All of them together, such as connections.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The highest, such as memory: the fullest instance is the one that breaks first.</summary>
    Max,
}
