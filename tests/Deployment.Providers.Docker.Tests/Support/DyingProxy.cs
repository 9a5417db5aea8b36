using System.Net;
using System.Net.Sockets;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>Stands in front of a server and lets so many bytes of its answers through; then it either closes all and refuses what comes, or stalls.</summary>
internal sealed class DyingProxy : IAsyncDisposable
{
    private readonly TcpListener _door = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _dead = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int _server;
    private readonly bool _stalls;
    private readonly Task _running;
    private long _left;

    /// <param name="server">The port behind it.</param>
    /// <param name="bytes">How many bytes of answers it lets through.</param>
    /// <param name="stalls">Whether connections stay open then, without a further byte.</param>
    public DyingProxy(int server, long bytes, bool stalls = false)
    {
        _server = server;
        _left = bytes;
        _stalls = stalls;
        _door.Start();
        _running = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_door.LocalEndpoint).Port;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Whether as many bytes came through as may.</summary>
    public bool IsDead => Interlocked.Read(ref _left) <= 0;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _dead.CancelAsync();
        await _running;
        _door.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                TcpClient client = await _door.AcceptTcpClientAsync(_dead.Token);
                connections.Add(ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            _door.Stop();
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _dead.Token);
                await Task.WhenAny(PumpAsync(client, server, counts: false), PumpAsync(server, client, counts: true));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                // The server isn't there, or this is dead.
            }
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool counts)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _dead.Token) is var read and > 0)
            {
                if (counts && Interlocked.Add(ref _left, -read) <= 0)
                {
                    await DieAsync();
                    return;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _dead.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone, so the other goes.
        }
    }

    private async Task DieAsync()
    {
        if (_stalls)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            await _dead.CancelAsync();
        }
    }
}
