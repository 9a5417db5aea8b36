namespace Deployment.Providers.Local.Protocol;

/// <summary>How a router finds out whether an instance is well.</summary>
internal sealed record HealthProbe
{
    /// <summary>Asked by GET, and well when the answer is 200 to 399; null to be content with a connection.</summary>
    public string? Path { get; set; }

    public double IntervalSeconds { get; set; } = 2;

    public double TimeoutSeconds { get; set; } = 2;

    /// <summary>So many failures in a row take an instance out of the rotation.</summary>
    public int UnhealthyAfter { get; set; } = 2;

    /// <summary>So many successes in a row bring it back.</summary>
    public int HealthyAfter { get; set; } = 1;

    public IEnumerable<string> Problems()
    {
        if (Path is not null && (!Path.StartsWith('/') || Path.Any(c => c is <= ' ' or >= (char)127)))
        {
            yield return $"The health path '{Releases.Naming.Printable(Path)}' must begin with '/' and be of printable ASCII characters.";
        }

        if (IntervalSeconds is not (>= 0.05 and <= 3600) || TimeoutSeconds is not (>= 0.05 and <= 3600))
        {
            yield return "The interval and the timeout of the health probe must be 50 ms to an hour.";
        }

        if (UnhealthyAfter is < 1 or > 100 || HealthyAfter is < 1 or > 100)
        {
            yield return "The thresholds of the health probe must be 1 to 100.";
        }
    }
}
