using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local;

/// <summary>
/// How a router finds out whether an instance is well while it serves. One that isn't leaves the rotation of its revision, and comes back
/// when it is well again; where all of a revision are unwell, the router still tries them. Shares never change by themselves.
/// </summary>
public sealed class LocalHealth
{
    /// <summary>
    /// A path that is asked by GET: well is an answer from 200 to 399. It decides when a new instance is ready, too.
    /// Default null: it is well when it accepts connections.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>How long to wait between two probes: 50 ms to an hour. Default 2 seconds.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer may take: 50 ms to an hour. Default 2 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>So many failures in a row take an instance out, 1 to 100. Default 2.</summary>
    public int UnhealthyAfter { get; set; } = 2;

    /// <summary>So many successes in a row bring it back, 1 to 100. Default 1.</summary>
    public int HealthyAfter { get; set; } = 1;

    internal LocalHealth Copy() => (LocalHealth)MemberwiseClone();

    internal HealthProbe Probe() => new()
    {
        Path = Path,
        IntervalSeconds = Interval.TotalSeconds,
        TimeoutSeconds = Timeout.TotalSeconds,
        UnhealthyAfter = UnhealthyAfter,
        HealthyAfter = HealthyAfter,
    };
}
