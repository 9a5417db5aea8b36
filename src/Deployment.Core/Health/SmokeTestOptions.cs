namespace Deployment.Health;

/// <summary>How often a <see cref="SmokeTest"/> is tried.</summary>
public sealed class SmokeTestOptions
{
    /// <summary>How long one attempt may take, above 0 and at most 7 days. Default 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many attempts there are, 1 to 1,000; the first that passes decides. Default 1.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>The time between two attempts, above 0 and at most 7 days. Default 1 second.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    internal SmokeTestOptions Copy() => (SmokeTestOptions)MemberwiseClone();

    internal IEnumerable<string> Problems()
    {
        if (HealthCheckOptions.Problem(nameof(Timeout), Timeout) is { } timeout)
        {
            yield return timeout;
        }

        if (HealthCheckOptions.Problem(nameof(Interval), Interval) is { } interval)
        {
            yield return interval;
        }

        if (Attempts is < 1 or > 1000)
        {
            yield return $"{nameof(Attempts)} is {Attempts}; it must be 1 to 1,000.";
        }
    }
}
