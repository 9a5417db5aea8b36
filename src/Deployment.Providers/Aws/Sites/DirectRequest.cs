using System.Security.Cryptography;

namespace Deployment.Providers.Aws.Sites;

/// <summary>A request that is sent once.</summary>
internal sealed record DirectRequest(HttpMethod Method, string Key)
{
    private static readonly byte[] _ofNothing = SHA256.HashData([]);

    /// <summary>The query, sorted and encoded as it is signed; empty for none.</summary>
    public string Query { get; init; } = "";

    /// <summary>Headers, by names in small letters; null values are left out.</summary>
    public IReadOnlyList<(string Name, string? Value)> Headers { get; init; } = [];

    /// <summary>The content type; null where there is no body.</summary>
    public string? Type { get; init; }

    /// <summary>The body, of which <see cref="Count"/> bytes are sent; null for none.</summary>
    public byte[]? Body { get; init; }

    public int Count { get; init; }

    /// <summary>The SHA-256 of the body.</summary>
    public byte[] Sha256 { get; init; } = _ofNothing;

    /// <summary>The longest answer that is read, in bytes.</summary>
    public int LongestAnswer { get; init; } = 16 * 1024 * 1024;
}
