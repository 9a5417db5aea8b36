using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router;

/// <summary>What a request asks for, byte for byte as the client wrote it.</summary>
internal static class RequestTarget
{
    /// <summary>The path with the query; null when it has no form that a server behind a proxy understands (<c>*</c> or an authority).</summary>
    public static string? PathAndQuery(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith('/'))
        {
            return target;
        }

        // The absolute form is what a client sends to a proxy that it knows of (RFC 9112, 3.2.2).
        return Uri.TryCreate(target, UriKind.Absolute, out Uri? absolute) && absolute.Scheme is "http" or "https" ? absolute.PathAndQuery : null;
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
        context.Request.Headers[ForwardedPrefix] = prefix;
    }

    public const string ForwardedPrefix = "X-Forwarded-Prefix";
}
