using System.Net;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>A body that can be sent once.</summary>
internal sealed class OnceContent(byte[] bytes) : HttpContent
{
    private int _sent;

    /// <exception cref="IOException">It was sent before.</exception>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Interlocked.Exchange(ref _sent, 1) == 0
        ? stream.WriteAsync(bytes).AsTask()
        : throw new IOException("The request would be sent a second time.");

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
