namespace Deployment.Providers.Local.Protocol;

/// <summary>Holds a target's requests until it is taken back.</summary>
internal sealed record PauseRequest
{
    public const double Longest = 300;

    /// <summary>How long a request is held before it is answered 503.</summary>
    public double HoldSeconds { get; set; } = 30;

    public IEnumerable<string> Problems()
    {
        if (HoldSeconds is not (> 0 and <= Longest))
        {
            yield return $"Requests can be held for more than 0 and at most {Longest} seconds.";
        }
    }
}
