using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Deployment.Providers.Local.Router;

/// <summary>Makes the request that an instance gets out of the one that the client sent.</summary>
internal static class ForwardedRequest
{
    // The path goes on byte for byte: an instance may tell %2F from a slash, or serve a path with dots in it.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The request; null when its target has no form that a server behind a proxy understands, or its host is none.</summary>
    public static HttpRequestMessage? Of(HttpContext context, Uri instance, TrustedProxies proxies, Version version, HttpContent? content)
    {
        if (RequestTarget.Of(context) is not { } path || path[0] != '/' || HttpMethods.IsConnect(context.Request.Method))
        {
            return null;
        }

        var message = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(instance.GetLeftPart(UriPartial.Authority) + path, AsWritten))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var forwarded = new ForwardedHeaders(context, proxies);
        foreach ((string name, StringValues values) in context.Request.Headers)
        {
            if (forwarded.Passes(name) && name[0] != ':')
            {
                Add(message, name, values);
            }
        }

        if (context.Request.Host.Value is { Length: > 0 } host)
        {
            // Not by Headers.Host, which throws: Kestrel looks at the characters of a host alone, and takes a..b or a:99999 for one.
            message.Headers.TryAddWithoutValidation("Host", host);
            if (message.Headers.Host is null)
            {
                message.Dispose();
                return null;
            }
        }

        Add(message, ForwardedHeaders.ForName, forwarded.For);
        Add(message, ForwardedHeaders.ProtoName, forwarded.Proto);
        Add(message, ForwardedHeaders.HostName, forwarded.Host);
        if (forwarded.Prefix.Length > 0)
        {
            Add(message, ForwardedHeaders.PrefixName, forwarded.Prefix);
        }

        if (forwarded.TakesTrailers)
        {
            Add(message, "TE", "trailers");
        }

        return message;
    }

    private static void Add(HttpRequestMessage message, string name, StringValues values)
    {
        if (values.Count > 0 && !message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
        {
            message.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
    }
}
