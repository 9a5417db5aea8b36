using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// The client's body as content of the forwarded request, handed on as it arrives. That it is there at all, even when empty,
/// keeps <see cref="SocketsHttpHandler"/> from repeating the request on another connection once it began to send it.
/// </summary>
internal sealed class RequestBody(HttpContext context, long? length) : HttpContent
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Whether reading from the client failed, which is not the instance's fault.</summary>
    public bool ClientFailed { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? transport, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await ReadAsync(buffer, cancellationToken)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }

    private async ValueTask<int> ReadAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Request.Body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is IOException or BadHttpRequestException)
        {
            ClientFailed = true;
            throw;
        }
    }
}
