using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Deployment.Tests.Health;

/// <summary>A server on loopback that answers each connection with whatever bytes a test wants.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _connections;

    internal RawServer(Func<NetworkStream, int, CancellationToken, Task> answer)
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _serving = ServeAsync(answer);
    }

    internal RawServer(string answer)
        : this((stream, _, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(answer), token).AsTask())
    {
    }

    internal Uri Address { get; }

    internal int Connections => _connections;

    internal static string Answer(int status, string body = "") =>
        $"HTTP/1.1 {status} X\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<NetworkStream, int, CancellationToken, Task> answer)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                open.Add(ServeOneAsync(client, answer, Interlocked.Increment(ref _connections)));
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeOneAsync(TcpClient client, Func<NetworkStream, int, CancellationToken, Task> answer, int number)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[8192], _stop.Token);
                await answer(stream, number, _stop.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The client left, or the test is over.
            }
        }
    }
}
