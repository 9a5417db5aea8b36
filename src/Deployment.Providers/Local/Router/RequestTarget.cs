using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router;

/// <summary>What a request asks for, byte for byte as the client wrote it.</summary>
internal static class RequestTarget
{
    /// <summary>The request's target for a server behind a proxy; null when it has none.</summary>
    public static string? Of(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/'))
        {
            if (target == "*" && HttpMethods.IsOptions(context.Request.Method))
            {
                return target;
            }

            // The absolute form is what a client sends to a proxy that it knows of (RFC 9112, 3.2.2).
            int authority = target.IndexOf("://", StringComparison.Ordinal);
            if (authority < 0 || target[..authority].ToUpperInvariant() is not ("HTTP" or "HTTPS"))
            {
                return null;
            }

            int path = target.AsSpan(authority + 3).IndexOfAny('/', '?');
            if (target.AsSpan(authority + 3, path < 0 ? target.Length - authority - 3 : path).Contains('@'))
            {
                // Who puts a user before the host wants it to be taken for another one (RFC 9110, 4.2.4).
                return null;
            }

            target = path < 0 ? "/" : target[(authority + 3 + path)..];
            target = target[0] == '?' ? "/" + target : target;
        }

        // Byte for byte otherwise: an instance may tell %2F from a slash, or serve a path with dots in it.
        foreach (char c in target)
        {
            if (c is <= ' ' or '\x7f' or > '\xff')
            {
                return null;
            }
        }

        return target;
    }

    /// <summary>Whether a path begins with whole segments.</summary>
    public static bool IsUnder(string pathAndQuery, string prefix)
    {
        string segments = prefix.TrimEnd('/');
        return pathAndQuery.StartsWith(segments, StringComparison.Ordinal)
            && (pathAndQuery.Length == segments.Length || pathAndQuery[segments.Length] is '/' or '?');
    }

    /// <summary>Takes the prefix away from what the instance gets, and tells it by <c>X-Forwarded-Prefix</c>.</summary>
    public static void Strip(HttpContext context, string pathAndQuery, string prefix)
    {
        string rest = pathAndQuery[prefix.TrimEnd('/').Length..];
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = rest.StartsWith('/') ? rest : "/" + rest;
        // Not among the client's headers, which Connection may name and anybody may claim.
        context.Features.Set(new StrippedPrefix(prefix));
    }
}
