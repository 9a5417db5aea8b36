using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Takes the hash of an answer's body while it passes, as the revision sent it: without its framing.</summary>
internal sealed class BodyHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>That of the answer to a request; null when nobody asked for it.</summary>
    public static BodyHash? Of(HttpContext context) => context.Features.Get<BodyHash>();

    /// <summary>Asks for that of the answer to a request.</summary>
    public static BodyHash Begin(HttpContext context)
    {
        var hash = new BodyHash();
        context.Features.Set(hash);
        context.Response.RegisterForDispose(hash);
        return hash;
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public string Value() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
