using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// Which headers cross the router. Those that belong to one connection stay behind (RFC 9110, 7.6.1, and what it says Connection
/// may name), and so does what a client claims about proxies before this one: the router is the edge and trusts nobody.
/// </summary>
/// <remarks>Kestrel shows <c>Connection: keep-alive, X</c> as <c>keep-alive</c> alone, so an X named beside that one does pass.</remarks>
internal static class ForwardedHeaders
{
    private static readonly FrozenSet<string> HopByHop = FrozenSet.ToFrozenSet(
        [
            HeaderNames.Connection, HeaderNames.KeepAlive, "Proxy-Connection", HeaderNames.TE, HeaderNames.Trailer,
            HeaderNames.TransferEncoding, HeaderNames.Upgrade, HeaderNames.ProxyAuthenticate, HeaderNames.ProxyAuthorization,
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotForwarded = FrozenSet.ToFrozenSet(
        [
            HeaderNames.Host, HeaderNames.ContentLength, HeaderNames.Expect,
            "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host",
        ],
        StringComparer.OrdinalIgnoreCase);

    public static void CopyRequest(HttpContext context, HttpRequestMessage message)
    {
        HashSet<string> named = Named(context.Request.Headers.Connection);
        foreach ((string name, StringValues values) in context.Request.Headers)
        {
            // Kestrel shows pseudo headers and trailers elsewhere; a name that is no token was refused by it.
            if (!HopByHop.Contains(name) && !NotForwarded.Contains(name) && !named.Contains(name))
            {
                Add(message, name, values);
            }
        }

        message.Headers.Host = context.Request.Host.Value is { Length: > 0 } host ? host : null;
        Add(message, "X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString());
        Add(message, "X-Forwarded-Proto", context.Request.Scheme);
        Add(message, "X-Forwarded-Host", context.Request.Host.Value);
    }

    public static void CopyResponse(HttpResponseMessage message, HttpResponse response)
    {
        HashSet<string> named = message.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out HeaderStringValues connection)
            ? Named(new StringValues([.. connection]))
            : [];
        Copy(message.Headers.NonValidated, named, response.Headers);
        Copy(message.Content.Headers.NonValidated, named, response.Headers);
    }

    private static void Copy(HttpHeadersNonValidated from, HashSet<string> named, IHeaderDictionary to)
    {
        foreach ((string name, HeaderStringValues values) in from)
        {
            if (!HopByHop.Contains(name) && !named.Contains(name))
            {
                to[name] = new StringValues([.. values]);
            }
        }
    }

    private static void Add(HttpRequestMessage message, string name, StringValues values)
    {
        if (values.Count > 0 && !message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
        {
            message.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
    }

    private static HashSet<string> Named(StringValues connection) =>
        connection.Count == 0
            ? []
            : new(connection.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), StringComparer.OrdinalIgnoreCase);
}
