namespace Deployment.Health;

/// <summary>How often a <see cref="HealthCheck"/> looks, and when it decides.</summary>
public sealed class HealthCheckOptions
{
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>The time between two looks, above 0 and at most 7 days. Default 1 second. Before the first success looks are closer, so that readiness is noticed at once.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one look may take, above 0 and at most 7 days. Default 5 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it waits before the first look, 0 to less than <see cref="Deadline"/>. Default 0.</summary>
    public TimeSpan InitialDelay { get; set; }

    /// <summary>How many looks in a row must find all well, 1 to 1,000. Default 2.</summary>
    public int ConsecutiveSuccesses { get; set; } = 2;

    /// <summary>How long it may take from the beginning until all is well, above 0 and at most 7 days. Default 60 seconds.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(60);

    internal HealthCheckOptions Copy() => (HealthCheckOptions)MemberwiseClone();

    internal IEnumerable<string> Problems()
    {
        foreach ((string name, TimeSpan value) in new[] { (nameof(Interval), Interval), (nameof(Timeout), Timeout), (nameof(Deadline), Deadline) })
        {
            if (Problem(name, value) is { } problem)
            {
                yield return problem;
            }
        }

        if (InitialDelay < TimeSpan.Zero || InitialDelay >= Deadline)
        {
            yield return $"{nameof(InitialDelay)} is {InitialDelay}; it must be at least 0 and shorter than {nameof(Deadline)} ({Deadline}).";
        }

        if (ConsecutiveSuccesses is < 1 or > 1000)
        {
            yield return $"{nameof(ConsecutiveSuccesses)} is {ConsecutiveSuccesses}; it must be 1 to 1,000.";
        }
        else if (Interval > TimeSpan.Zero && Interval <= Longest && Interval * (ConsecutiveSuccesses - 1) >= Deadline)
        {
            yield return $"{ConsecutiveSuccesses} looks with {HealthWording.Of(Interval)} between them don't fit into {nameof(Deadline)} ({Deadline}), so the check could never pass.";
        }
    }

    internal static string? Problem(string name, TimeSpan value) =>
        value > TimeSpan.Zero && value <= Longest ? null : $"{name} is {value}; it must be above 0 and at most {Longest.Days} days.";
}
