namespace Deployment.Runbooks;

/// <summary>How long an effect may take, and how often it is tried when it fails in passing.</summary>
public sealed record RetryPolicy
{
    private readonly TimeSpan _timeout = TimeSpan.FromMinutes(5);
    private readonly int _attempts = 3;
    private readonly TimeSpan _delay = TimeSpan.FromSeconds(1);

    /// <summary>The longest that one attempt may take. From 10 milliseconds to 24 hours; default 5 minutes.</summary>
    public TimeSpan Timeout
    {
        get => _timeout;
        init => _timeout = Within(value, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(24), nameof(Timeout));
    }

    /// <summary>How often it is tried at most, 1 to 20; default 3. Operations that run at most once are tried once whatever this says.</summary>
    public int Attempts
    {
        get => _attempts;
        init => _attempts = value is >= 1 and <= 20 ? value : throw new ArgumentOutOfRangeException(nameof(Attempts), value, "Attempts must be 1 to 20.");
    }

    /// <summary>The wait before the second attempt; it doubles with each further one, with jitter. From 0 to 10 minutes; default 1 second.</summary>
    public TimeSpan Delay
    {
        get => _delay;
        init => _delay = Within(value, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(Delay));
    }

    private static TimeSpan Within(TimeSpan value, TimeSpan least, TimeSpan most, string name) =>
        value >= least && value <= most ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least} to {most}.");
}
