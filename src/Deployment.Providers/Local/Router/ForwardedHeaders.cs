using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// Which headers cross the router. Those that belong to one connection stay behind (RFC 9110, 7.6.1, and what it says Connection
/// may name), and so does what a client claims about proxies before this one, unless it is one that is trusted.
/// </summary>
internal readonly struct ForwardedHeaders
{
    public const string ForName = "X-Forwarded-For";
    public const string ProtoName = "X-Forwarded-Proto";
    public const string HostName = "X-Forwarded-Host";
    public const string PrefixName = "X-Forwarded-Prefix";

    /// <summary>Tells a copy from a request of a user: applications leave out for copies what must not happen twice.</summary>
    public const string MirrorName = "Deployment-Mirror";

    // -Port, -Ssl, -Scheme, -Server and what else somebody's framework may believe.
    private const string Claims = "X-Forwarded-";

    private static readonly FrozenSet<string> HopByHop = FrozenSet.ToFrozenSet(
        [
            HeaderNames.Connection, HeaderNames.KeepAlive, "Proxy-Connection", HeaderNames.TE, HeaderNames.TransferEncoding, HeaderNames.Upgrade,
            HeaderNames.ProxyAuthenticate, HeaderNames.ProxyAuthorization, "HTTP2-Settings",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotForwarded = FrozenSet.ToFrozenSet(
        [.. HopByHop, HeaderNames.Host, HeaderNames.ContentLength, HeaderNames.Expect, "Forwarded", ForName, ProtoName, HostName, PrefixName],
        StringComparer.OrdinalIgnoreCase);

    // What says how a message is framed or routed, or who sends it, has no business behind the body (RFC 9110, 6.5.1).
    private static readonly FrozenSet<string> NotTrailing = FrozenSet.ToFrozenSet(
        [
            .. NotForwarded, HeaderNames.Trailer, HeaderNames.Authorization, HeaderNames.Cookie, HeaderNames.SetCookie, HeaderNames.ContentEncoding,
            HeaderNames.ContentType, HeaderNames.ContentRange, HeaderNames.CacheControl, HeaderNames.MaxForwards, HeaderNames.Range,
        ],
        StringComparer.OrdinalIgnoreCase);

    private readonly string[]? _named;
    private readonly bool _trusted;

    public ForwardedHeaders(HttpContext context, TrustedProxies proxies)
    {
        IHeaderDictionary headers = context.Request.Headers;
        _named = Named(headers.Connection.ToString());
        IPAddress? peer = context.Connection.RemoteIpAddress is { } remote ? TrustedProxies.Plain(remote) : null;
        For = peer?.ToString() ?? "unknown";
        Proto = context.Request.Scheme;
        Host = context.Request.Host.Value ?? "";
        Prefix = context.Features.Get<StrippedPrefix>()?.Prefix ?? "";
        TakesTrailers = headers.TE.ToString().Contains("trailers", StringComparison.OrdinalIgnoreCase);
        _trusted = proxies.Contains(peer);
        if (_trusted)
        {
            Prefix = headers[PrefixName].ToString().TrimEnd('/') + Prefix;
            For = headers[ForName] is { Count: > 0 } before && before.ToString() is { Length: > 0 } path ? path + ", " + For : For;
            Proto = headers[ProtoName].ToString() is { Length: > 0 } proto ? proto : Proto;
            Host = headers[HostName].ToString() is { Length: > 0 } host ? host : Host;
        }
    }

    /// <summary>The client, and the trusted proxies that it came through.</summary>
    public string For { get; }

    public string Proto { get; }

    public string Host { get; }

    /// <summary>What trusted proxies and this router took away from the path; empty for nothing.</summary>
    public string Prefix { get; }

    /// <summary>Whether the client takes trailers, the only thing that TE says to whom an answer comes from.</summary>
    public bool TakesTrailers { get; }

    /// <remarks>Applications that take headers for variables can't tell X_Forwarded_For from X-Forwarded-For, so the former never passes.</remarks>
    public bool Passes(string name) => !NotForwarded.Contains(name) && !Has(_named, name)
        && (_trusted || !IsClaim(name))
        && (!name.Contains('_', StringComparison.Ordinal) || (name.Replace('_', '-') is var plain && !NotForwarded.Contains(plain) && !IsClaim(plain)));

    /// <summary>What a Connection header names besides how to go on; null for nothing.</summary>
    public static string[]? Named(string? connection) =>
        string.IsNullOrEmpty(connection) ? null : connection.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public static bool PassesBack(string name, string[]? named) => !HopByHop.Contains(name) && !Has(named, name);

    public static bool PassesBehind(string name) => !NotTrailing.Contains(name) && !IsClaim(name);

    /// <summary>HTTP/2 may send each cookie alone; HTTP/1.1 has one line (RFC 9113, 8.2.3).</summary>
    public static StringValues Joined(string name, StringValues values) =>
        values.Count > 1 && name.Equals(HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase) ? string.Join("; ", values.ToArray()) : values;

    private static bool IsClaim(string name) =>
        name.StartsWith(Claims, StringComparison.OrdinalIgnoreCase) || name.Equals(MirrorName, StringComparison.OrdinalIgnoreCase);

    private static bool Has(string[]? named, string name)
    {
        foreach (string one in named ?? [])
        {
            if (one.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
