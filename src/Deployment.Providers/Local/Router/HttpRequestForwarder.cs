using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router;

/// <summary>Forwards over HTTP/1.1 with pooled connections, streaming both ways.</summary>
/// <remarks>
/// <see cref="SocketsHttpHandler"/> itself repeats a request when a pooled connection turns out to be closed before a byte of the answer
/// came, but only while it has not begun to send content. <see cref="ForwardedRequest"/> gives every request with a body and every
/// request that is not idempotent a content, so only idempotent ones without a body can be sent twice, as RFC 9110, 9.2.2 allows.
/// </remarks>
internal sealed class HttpRequestForwarder : IRequestForwarder, IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly InstanceClients _clients = new();

    public void Dispose() => _clients.Dispose();

    public async Task<ForwardOutcome> ForwardAsync(HttpContext context, Uri instance, bool withholdNotFound)
    {
        using HttpRequestMessage? request = ForwardedRequest.Of(context, instance);
        if (request is null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return ForwardOutcome.ClientFailed;
        }

        HttpResponseMessage response;
        try
        {
            response = await _clients.SendAsync(request, () => ForwardedRequest.Of(context, instance)!, context.RequestAborted);
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
        if (context.RequestAborted.IsCancellationRequested || request.Content is RequestBody { ClientFailed: true })
        {
            return ForwardOutcome.ClientFailed;
        }

        return error switch
        {
            // The handler cancels only for its connect time-out when the client is still there.
            OperationCanceledException => ForwardOutcome.TimedOut,
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: System.Net.Sockets.SocketException } => ForwardOutcome.NotConnected,
            _ => ForwardOutcome.NoAnswer,
        };
    }

    private static async Task<ForwardOutcome> AnswerAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = response.ReasonPhrase;
        ForwardedHeaders.CopyResponse(response, context.Response);
        try
        {
            await CopyBodyAsync(context, response);
            return ForwardOutcome.Answered;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            bool clientLeft = context.RequestAborted.IsCancellationRequested;
            // An answer that ends early must not look like a whole one.
            context.Abort();
            return clientLeft ? ForwardOutcome.ClientFailed : ForwardOutcome.CutOff;
        }
    }

    private static async Task CopyBodyAsync(HttpContext context, HttpResponseMessage response)
    {
        CancellationToken gone = context.RequestAborted;
        if (HttpMethods.IsHead(context.Request.Method) || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified)
        {
            return;
        }

        // The client learns of the answer as soon as it began, also when its body takes its time.
        await context.Response.StartAsync(gone);
        await using Stream body = await response.Content.ReadAsStreamAsync(gone);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, gone)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), gone);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
