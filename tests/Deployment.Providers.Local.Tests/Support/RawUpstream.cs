using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>An upstream that says exactly what the test tells it to: one script for each connection.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly Func<RawConnection, Task> _script;
    private int _connections;

    public RawUpstream(Func<RawConnection, Task> script)
    {
        _script = script;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Reads a head and answers, again and again on each connection.</summary>
    public static RawUpstream Answering(string answer) => new(async connection =>
    {
        while ((await connection.ReadHeadAsync()).Length > 0)
        {
            await connection.WriteAsync(answer);
        }
    });

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        foreach (TcpClient client in _clients)
        {
            client.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _script(new RawConnection(client.GetStream()));
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                // The router closed it.
            }
        }
    }
}

internal sealed class RawConnection(NetworkStream stream)
{
    public NetworkStream Stream { get; } = stream;

    public Task WriteAsync(string text) => Stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>Reads to the empty line; empty when the connection has ended.</summary>
    public Task<string> ReadHeadAsync() => ReadToAsync("\r\n\r\n");

    public async Task<string> ReadToAsync(string end)
    {
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            if (await Stream.ReadAsync(one) == 0)
            {
                return "";
            }

            text.Append((char)one[0]);
        }

        return text.ToString();
    }
}
