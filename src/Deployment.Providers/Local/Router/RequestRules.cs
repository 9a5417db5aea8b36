using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// Refuses what Kestrel lets through and two servers might read differently. A request that says its length twice is read by its chunks
/// alone in Kestrel, which leaves the length that it dropped in X-Content-Length.
/// </summary>
internal static class RequestRules
{
    private static readonly SearchValues<char> Breaks = SearchValues.Create("\r\n\0");
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Null when the request may be forwarded, else how it is answered.</summary>
    public static (int Status, string Sentence)? Refusal(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        string coding = headers.TransferEncoding.ToString();
        if (coding.Length > 0)
        {
            if (!coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            {
                return (StatusCodes.Status501NotImplemented, "The only transfer coding here is chunked.");
            }

            if (headers.ContainsKey("X-Content-Length"))
            {
                return (StatusCodes.Status400BadRequest, "The request has both a length and a transfer coding.");
            }

            if (Microsoft.AspNetCore.Http.HttpProtocol.IsHttp10(context.Request.Protocol))
            {
                return (StatusCodes.Status400BadRequest, "HTTP/1.0 has no transfer codings.");
            }
        }

        if (HttpMethods.IsTrace(context.Request.Method))
        {
            return (StatusCodes.Status405MethodNotAllowed, "TRACE would show what is not meant to be seen.");
        }

        if (headers.Host.Count > 1)
        {
            return (StatusCodes.Status400BadRequest, "The request has several hosts.");
        }

        return headers.Expect.Count > 0 && !headers.Expect.ToString().Equals("100-continue", StringComparison.OrdinalIgnoreCase)
            ? (StatusCodes.Status417ExpectationFailed, "The only expectation here is 100-continue.")
            : null;
    }

    /// <summary>Whether it can be sent to several revisions: it changes nothing, has no body and asks for no other protocol.</summary>
    public static bool IsSafe(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method))
        && context.Request.Headers.Upgrade.Count == 0
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true;

    /// <summary>Whether it can be sent to another revision when whoever runs it says that it may take place twice: it is one request with one answer.</summary>
    public static bool IsOneExchange(HttpContext context) =>
        !HttpMethods.IsConnect(context.Request.Method)
        && context.Request.Headers.Upgrade.Count == 0
        && context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true;

    /// <summary>Refuses what can't be handed on, and closes the connection: what follows is in doubt as well.</summary>
    public static ForwardOutcome Refuse(HttpContext context, int status = StatusCodes.Status400BadRequest)
    {
        context.Response.StatusCode = status;
        if (Microsoft.AspNetCore.Http.HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }

        return ForwardOutcome.ClientFailed;
    }

    /// <summary>Whether a header's name is one.</summary>
    public static bool IsToken(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(Token);

    /// <summary>Whether a header's value is one line.</summary>
    public static bool IsLine(string? value) => value is null || !value.AsSpan().ContainsAny(Breaks);
}
