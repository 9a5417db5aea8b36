using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>
/// One connection of HTTP/2: over TLS, or in clear text by prior knowledge. The framework's client would send what a server has put back
/// (GOAWAY) once more on another connection, so there is no other one; and a body that is asked for twice fails its request.
/// </summary>
internal sealed class Http2LoadClient : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private int _connections;

    public Http2LoadClient() => _invoker = new HttpMessageInvoker(Handler());

    public void Dispose() => _invoker.Dispose();

    public HttpMessageInvoker Invoker => _invoker;

    /// <exception cref="HttpRequestException">The connection can't be opened or has ended, or the request was reset.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return _invoker.SendAsync(request, CancellationToken.None);
    }

    private SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        EnableMultipleHttp2Connections = false,
        ConnectCallback = ConnectAsync,
#pragma warning disable CA5359 // The tests' certificates are self-signed.
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _connections) > 1)
        {
            throw new IOException("The connection has ended, and a load opens no other one in its place.");
        }

        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
