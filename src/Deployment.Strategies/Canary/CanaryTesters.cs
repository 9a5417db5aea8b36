namespace Deployment.Strategies.Canary;

/// <summary>A step before any user gets the release: testers reach it by a header or a cookie. It has a time, a gate, or both, in this order.</summary>
public sealed record CanaryTesters
{
    /// <summary>How long testers have, 0 to 7 days; a person can skip the rest. Default 0.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>A person who says that the testers are content. Default null.</summary>
    public ManualGate? Gate { get; init; }
}
