using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Tests.S3;

/// <summary>Verifies signatures of Signature Version 4 (API/sig-v4-header-based-auth.html).</summary>
internal static class SmallS3Signature
{
    private const string Scheme = "AWS4-HMAC-SHA256 ";

    /// <summary>Null where a request is signed with a secret, else the code of the refusal.</summary>
    public static string? Problem(HttpContext context, string secret)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return "AccessDenied";
        }

        Dictionary<string, string> parts = authorization[Scheme.Length..].Split(',', StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        string scope = parts["Credential"][(parts["Credential"].IndexOf('/', StringComparison.Ordinal) + 1)..];
        string[] names = parts["SignedHeaders"].Split(';');
        // All of its own headers must be signed, and the host and the type.
        bool isWhole = context.Request.Headers.Keys.Select(name => name.ToLowerInvariant()).Where(name => name.StartsWith("x-amz-", StringComparison.Ordinal) || name == "host").All(name => names.Contains(name));
        string text = $"{Scheme.Trim()}\n{context.Request.Headers["x-amz-date"]}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(context, names))))}";
        byte[] key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
        return isWhole && Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))) == parts["Signature"] ? null : "SignatureDoesNotMatch";
    }

    private static string Canonical(HttpContext context, string[] names)
    {
        string[] target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2);
        IEnumerable<string> query = (target.Length == 1 ? "" : target[1]).Split('&', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Contains('=', StringComparison.Ordinal) ? one : one + "=").Order(StringComparer.Ordinal);
        IHeaderDictionary headers = context.Request.Headers;
        // Encoded as the page says, whatever was sent.
        string path = string.Join('/', target[0].Split('/').Select(part => Uri.EscapeDataString(Uri.UnescapeDataString(part))));
        return $"{context.Request.Method}\n{path}\n{string.Join('&', query)}\n{string.Concat(names.Select(name => $"{name}:{headers[name].ToString().Trim()}\n"))}\n{string.Join(';', names)}\n{headers["x-amz-content-sha256"]}";
    }
}
