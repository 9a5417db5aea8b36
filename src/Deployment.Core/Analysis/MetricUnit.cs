namespace Deployment.Analysis;

/// <summary>What a metric is counted in.</summary>
public enum MetricUnit
{
    /// <summary>A share, from 0 to 1; people read percent.</summary>
    Ratio,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>A number of something.</summary>
    Count,

    /// <summary>Something each second.</summary>
    PerSecond,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Bytes each second.</summary>
    BytesPerSecond,
}
