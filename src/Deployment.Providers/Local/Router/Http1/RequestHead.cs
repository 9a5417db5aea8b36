using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>Writes the head of the request that an instance gets.</summary>
internal static class RequestHead
{
    /// <summary>Writes it; false when a header is no line and can't be handed on.</summary>
    public static bool Write(HttpContext context, RequestShape shape, string? webSocketKey, OutBuffer into)
    {
        into.Clear();
        into.Add(shape.Method).Add(" "u8).Add(shape.Target).Add(" HTTP/1.1\r\nHost: "u8).Add(context.Request.Host.Value ?? "").Add("\r\n"u8);
        ForwardedHeaders forwarded = shape.Headers;
        foreach ((string name, StringValues all) in context.Request.Headers)
        {
            // Beside the router's own key, one that a client of HTTP/2 made up would be another handshake.
            if (!forwarded.Passes(name) || name[0] == ':' || (webSocketKey is not null && name.Equals(HeaderNames.SecWebSocketKey, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (!RequestRules.IsToken(name))
            {
                return false;
            }

            StringValues values = ForwardedHeaders.Joined(name, all);
            for (int i = 0; i < values.Count; i++)
            {
                if (!RequestRules.IsLine(values[i]))
                {
                    return false;
                }

                into.Add(name).Add(": "u8).Add(values[i] ?? "").Add("\r\n"u8);
            }
        }

        into.Add("X-Forwarded-For: "u8).Add(forwarded.For).Add("\r\nX-Forwarded-Proto: "u8).Add(forwarded.Proto)
            .Add("\r\nX-Forwarded-Host: "u8).Add(forwarded.Host).Add("\r\n"u8);
        if (forwarded.Prefix.Length > 0)
        {
            into.Add("X-Forwarded-Prefix: "u8).Add(forwarded.Prefix).Add("\r\n"u8);
        }

        WriteFraming(shape, into);
        WriteConnection(shape, webSocketKey, into);
        into.Add("\r\n"u8);
        return true;
    }

    private static void WriteFraming(RequestShape shape, OutBuffer into)
    {
        if (shape is { HasBody: true, Length: null })
        {
            into.Add("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (shape.HasBody || HttpMethods.IsPost(shape.Method) || HttpMethods.IsPut(shape.Method) || HttpMethods.IsPatch(shape.Method))
        {
            into.Add("Content-Length: "u8).Add(shape.Length ?? 0).Add("\r\n"u8);
        }

        if (shape.Expects)
        {
            into.Add("Expect: 100-continue\r\n"u8);
        }
    }

    private static void WriteConnection(RequestShape shape, string? webSocketKey, OutBuffer into)
    {
        if (shape.WebSocket != WebSocketKind.None)
        {
            into.Add("Connection: Upgrade\r\nUpgrade: websocket\r\n"u8);
            if (webSocketKey is not null)
            {
                into.Add("Sec-WebSocket-Key: "u8).Add(webSocketKey).Add("\r\n"u8);
            }
        }
        else if (shape.Headers.TakesTrailers)
        {
            into.Add("Connection: TE\r\nTE: trailers\r\n"u8);
        }
    }
}
