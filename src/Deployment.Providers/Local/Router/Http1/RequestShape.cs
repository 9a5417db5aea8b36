using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>What kind of request it is, and so how it is handed on.</summary>
internal sealed record RequestShape
{
    public required string Target { get; init; }

    public required string Method { get; init; }

    public required bool HasBody { get; init; }

    /// <summary>Null for a body of unknown length.</summary>
    public required long? Length { get; init; }

    /// <summary>The client waits for leave before it sends the body.</summary>
    public required bool Expects { get; init; }

    public required WebSocketKind WebSocket { get; init; }

    public required ForwardedHeaders Headers { get; init; }

    /// <summary>Whether it may be sent again when an instance closed the connection and said nothing: RFC 9110, 9.2.2.</summary>
    public bool MayRepeat => !HasBody && WebSocket == WebSocketKind.None
        && (HttpMethods.IsGet(Method) || HttpMethods.IsHead(Method) || HttpMethods.IsPut(Method) || HttpMethods.IsDelete(Method) || HttpMethods.IsOptions(Method) || HttpMethods.IsTrace(Method));

    /// <summary>Null when it can't be handed on.</summary>
    public static RequestShape? Of(HttpContext context, TrustedProxies proxies)
    {
        HttpRequest request = context.Request;
        WebSocketKind webSocket = WebSocketRequest.KindOf(context);
        string? target = RequestTarget.Of(context);
        if (target is null || (HttpMethods.IsConnect(request.Method) && webSocket == WebSocketKind.None))
        {
            return null;
        }

        bool hasBody = webSocket == WebSocketKind.None && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;
        return new RequestShape
        {
            Target = target,
            Method = webSocket == WebSocketKind.None ? request.Method : HttpMethods.Get,
            HasBody = hasBody,
            Length = hasBody ? request.ContentLength : null,
            Expects = hasBody && request.Headers.Expect.Count > 0,
            WebSocket = webSocket,
            Headers = new ForwardedHeaders(context, proxies),
        };
    }
}
