using Deployment.Providers.Local.Router.Http1;
using Deployment.Providers.Local.Router.Http2;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using HttpProtocol = Microsoft.AspNetCore.Http.HttpProtocol;

namespace Deployment.Providers.Local.Router;

/// <summary>Forwards with the protocol that the instance speaks.</summary>
internal sealed class RequestForwarder(Http1Forwarder http1, Http2Forwarder http2) : IRequestForwarder
{
    private const string Grpc = "application/grpc";

    public Task<ForwardResult> ForwardAsync(HttpContext context, Lane lane, Uri instance, bool withholdNotFound)
    {
        bool grpc = IsGrpc(context.Request);
        bool overHttp2 = lane.Upstream.Protocol == UpstreamProtocol.Http2 || (grpc && lane.Upstream.Protocol == UpstreamProtocol.Automatic);
        if (grpc && overHttp2 && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            // A stream of messages may rest for as long as both sides like.
            rate.MinDataRate = null;
        }

        return overHttp2 ? http2.ForwardAsync(context, lane, instance, withholdNotFound) : http1.ForwardAsync(context, lane, instance, withholdNotFound);
    }

    // application/grpc, +proto and the like, with parameters; application/grpc-web is HTTP/1.1 as any other. A client of gRPC speaks HTTP/2 and
    // posts: the header alone is a claim that would have a sound application fail, and a limit lifted.
    private static bool IsGrpc(HttpRequest request) =>
        HttpProtocol.IsHttp2(request.Protocol) && HttpMethods.IsPost(request.Method)
        && request.ContentType is { } contentType && contentType.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == Grpc.Length || contentType[Grpc.Length] is '+' or ';' or ' ');
}
