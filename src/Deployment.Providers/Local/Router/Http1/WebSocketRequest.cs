using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>Tells requests for web sockets. No other protocol is upgraded to: what is not understood can't be guarded.</summary>
internal static class WebSocketRequest
{
    public const string Protocol = "websocket";

    public static WebSocketKind KindOf(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (HttpMethods.IsConnect(request.Method))
        {
            return context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: Protocol } ? WebSocketKind.ExtendedConnect : WebSocketKind.None;
        }

        return request.Headers.Upgrade is { Count: 1 } upgrade && Protocol.Equals(upgrade[0], StringComparison.OrdinalIgnoreCase)
            && HttpMethods.IsGet(request.Method) && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            ? WebSocketKind.Upgrade
            : WebSocketKind.None;
    }

    // HTTP/2 has no such handshake; the key only shows that the instance speaks web sockets, and the router checks that.
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

    /// <summary>What RFC 6455, 4.2.2 answers to a key.</summary>
    public static string AcceptOf(string key) =>
#pragma warning disable CA5350 // The protocol wants SHA-1, and protects nothing with it.
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
}
