namespace Deployment.Analysis;

/// <summary>What the samples of a metric are, and so how many of them make one value.</summary>
public enum MetricKind
{
    /// <summary>The share of events that are bad: all bad ones of a window by all events.</summary>
    Ratio,

    /// <summary>A quantile of how long events took, or how large they were: that of all events of a window.</summary>
    Distribution,

    /// <summary>What was counted, each second: all of a window by its length.</summary>
    Rate,

    /// <summary>What was counted: all of a window.</summary>
    Increase,

    /// <summary>How something stands, such as memory in use: the mean of a window.</summary>
    Level,
}
