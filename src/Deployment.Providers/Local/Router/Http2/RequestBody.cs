using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router.Http2;

/// <summary>The client's body as content of the forwarded request, handed on as it arrives.</summary>
internal sealed class RequestBody(HttpContext context, long? length, AnswerLimit limit) : HttpContent
{
    private const int BufferSize = 64 * 1024;

    private bool _begun;

    /// <summary>What failed while reading from the client, which is not the instance's fault.</summary>
    public Exception? Failure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? transport, CancellationToken cancellationToken)
    {
        limit.Connected();
        if (length != 0)
        {
            if (_begun)
            {
                // The instance has put the request back, and the handler sends it again. What was read of the body is gone, and the instance
                // would take the rest for the whole.
                throw new IOException("The instance put the request back after its body had begun.");
            }

            _begun = true;
            await CopyAsync(stream, cancellationToken);
        }

        limit.Sent();
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
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

    private async ValueTask<int> ReadAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Request.Body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is IOException or BadHttpRequestException)
        {
            Failure = error;
            throw;
        }
    }
}
