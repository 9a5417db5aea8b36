using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router;

/// <summary>Makes the request that an instance gets out of the one that the client sent.</summary>
internal static class ForwardedRequest
{
    // The path goes on byte for byte: an instance may tell %2F from a slash, or serve a path with dots in it.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The request; null when its target has no form that a server behind a proxy understands (<c>*</c> or an authority).</summary>
    public static HttpRequestMessage? Of(HttpContext context, Uri instance)
    {
        if (RequestTarget.PathAndQuery(context) is not { } path)
        {
            return null;
        }

        var message = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(instance.GetLeftPart(UriPartial.Authority) + path, AsWritten))
        {
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Body(context),
        };
        ForwardedHeaders.CopyRequest(context, message);
        return message;
    }

    // A request without a body has no content, unless its method must not happen twice: see RequestBody.
    private static RequestBody? Body(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            return new RequestBody(context, context.Request.ContentLength);
        }

        return IsIdempotent(context.Request.Method) && context.Request.ContentLength is null ? null : new RequestBody(context, 0);
    }

    // RFC 9110, 9.2.2.
    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
}
