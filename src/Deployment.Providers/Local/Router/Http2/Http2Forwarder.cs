using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Deployment.Providers.Local.Router.Http2;

/// <summary>Forwards over HTTP/2 in clear text, by prior knowledge, as gRPC servers speak it: streaming both ways at once, with the answer's trailers.</summary>
internal sealed class Http2Forwarder(Func<TrustedProxies> proxies, TimeProvider timeProvider) : IRequestForwarder, IDisposable
{
    private const int BufferSize = 64 * 1024;

    // The handler sends a request again only when the instance said that it has not looked at it (RFC 9113, 8.7), and a body refuses to be sent again.
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });

    public void Dispose() => _client.Dispose();

    public async Task<ForwardResult> ForwardAsync(HttpContext context, Lane lane, Uri instance, bool withholdNotFound)
    {
        using var late = new AnswerLimit(lane.Upstream, timeProvider, context.RequestAborted);
        // Always with a content, also an empty one: it is what tells that the request has been sent, and keeps the handler from sending it twice.
        bool hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;
        using var body = new RequestBody(context, hasBody ? context.Request.ContentLength : 0, late);
        using HttpRequestMessage? request = ForwardedRequest.Of(context, instance, proxies(), System.Net.HttpVersion.Version20, body);
        if (request is null)
        {
            return RequestRules.Refuse(context);
        }

        try
        {
            return await ExchangeAsync(context, request, late, withholdNotFound);
        }
        finally
        {
            await body.EndAsync();
        }
    }

    private async Task<ForwardResult> ExchangeAsync(HttpContext context, HttpRequestMessage request, AnswerLimit late, bool withholdNotFound)
    {
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, late.Token);
            late.Answered();
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            return Failure(context, request, error);
        }

        using (response)
        {
            return withholdNotFound && response.StatusCode == HttpStatusCode.NotFound ? ForwardOutcome.NotFound : await AnswerAsync(context, response);
        }
    }

    private static ForwardOutcome Failure(HttpContext context, HttpRequestMessage request, Exception error)
    {
        if (request.Content is RequestBody { Failure: { } failure })
        {
            return RequestRules.Refuse(context, failure is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest);
        }

        return error switch
        {
            _ when context.RequestAborted.IsCancellationRequested => ForwardOutcome.ClientFailed,
            OperationCanceledException => ForwardOutcome.TimedOut,
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: System.Net.Sockets.SocketException } => ForwardOutcome.NotConnected,
            _ => ForwardOutcome.NoAnswer,
        };
    }

    private static async Task<ForwardResult> AnswerAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        Copy(response.Headers.NonValidated, context.Response.Headers);
        Copy(response.Content.Headers.NonValidated, context.Response.Headers);
        try
        {
            await CopyBodyAsync(context, response);
            return ForwardOutcome.Answered;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            bool clientLeft = context.RequestAborted.IsCancellationRequested;
            // An answer that ends early must not look like a whole one.
            context.Abort();
            return clientLeft ? ForwardOutcome.ClientFailed : ForwardOutcome.CutOff;
        }
    }

    private static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to)
    {
        foreach ((string name, HeaderStringValues values) in from)
        {
            if (ForwardedHeaders.PassesBack(name, null))
            {
                to[name] = new StringValues([.. values]);
            }
        }
    }

    private static async Task CopyBodyAsync(HttpContext context, HttpResponseMessage response)
    {
        CancellationToken gone = context.RequestAborted;
        bool bodiless = HttpMethods.IsHead(context.Request.Method) || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified;
        await using Stream body = await response.Content.ReadAsStreamAsync(gone);
        BodyHash? hash = BodyHash.Of(context);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                ValueTask<int> reading = body.ReadAsync(buffer, gone);
                if (!bodiless && !reading.IsCompleted)
                {
                    // What is there goes to the client before anything is waited for.
                    await context.Response.BodyWriter.FlushAsync(gone);
                }

                int read = await reading;
                if (read == 0)
                {
                    break;
                }

                hash?.Append(buffer.AsSpan(0, read));
                await context.Response.BodyWriter.WriteAsync(buffer.AsMemory(0, read), gone);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        CopyTrailers(context, response);
    }

    private static void CopyTrailers(HttpContext context, HttpResponseMessage response)
    {
        if (context.Features.Get<IHttpResponseTrailersFeature>() is not { } trailers)
        {
            return;
        }

        foreach ((string name, HeaderStringValues values) in response.TrailingHeaders.NonValidated)
        {
            if (ForwardedHeaders.PassesBehind(name))
            {
                trailers.Trailers[name] = new StringValues([.. values]);
            }
        }
    }
}
