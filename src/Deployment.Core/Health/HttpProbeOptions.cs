namespace Deployment.Health;

/// <summary>What an HTTP answer must be.</summary>
public sealed class HttpProbeOptions
{
    /// <summary>The one status that is expected, 100 to 599; null for any from 200 to 299. Default null. Redirects are not followed.</summary>
    public int? ExpectedStatus { get; set; }

    /// <summary>A text that must occur in the first 64 KiB of the body, compared by characters; null for any body. Default null.</summary>
    public string? ExpectedBody { get; set; }

    internal HttpProbeOptions Copy() => (HttpProbeOptions)MemberwiseClone();

    internal IEnumerable<string> Problems()
    {
        if (ExpectedStatus is < 100 or > 599)
        {
            yield return $"{nameof(ExpectedStatus)} is {ExpectedStatus}; it must be 100 to 599.";
        }

        if (ExpectedBody is { Length: 0 })
        {
            yield return $"{nameof(ExpectedBody)} is empty, which every body contains. Give a text, or leave it null.";
        }
    }
}
