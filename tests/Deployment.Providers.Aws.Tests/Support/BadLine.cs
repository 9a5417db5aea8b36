using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Deployment.Providers.Aws.Tests.Support;

/// <summary>A proxy of TCP that cuts connections in the midst of requests and answers, some with a reset and some as if all had been said, and holds bytes up.</summary>
internal sealed class BadLine : IAsyncDisposable
{
    private readonly TcpListener _door;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Random _random;
    private readonly int _server;
    private readonly double _share;
    private readonly TimeSpan _delay;
    private readonly Task _running;
    private int _cuts;
    private int _open;

    /// <param name="server">The port behind it.</param>
    /// <param name="seed">Of what it does.</param>
    /// <param name="share">Which share of the connections is cut, where there is no delay.</param>
    /// <param name="delay">How long bytes are held up, each way.</param>
    /// <param name="port">Where it listens; 0 for any.</param>
    public BadLine(int server, int seed, double share, TimeSpan delay = default, int port = 0)
    {
        _door = new TcpListener(IPAddress.Loopback, port);
        _server = server;
        _random = new Random(seed);
        _share = share;
        _delay = delay;
        _door.Start(512);
        _running = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_door.LocalEndpoint).Port}");

    /// <summary>How many connections were cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>The most connections that were open at once.</summary>
    public int MostOpen { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _door.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _door.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            _door.Stop();
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        // How many bytes pass each way before it is cut.
        (long up, long down) = (long.MaxValue, long.MaxValue);
        bool inPeace;
        lock (_lock)
        {
            inPeace = _random.Next(2) == 0;
            MostOpen = Math.Max(MostOpen, ++_open);
            if (_random.NextDouble() < _share)
            {
                (up, down) = _random.Next(2) == 0 ? (_random.NextInt64(6000), long.MaxValue) : (long.MaxValue, _random.NextInt64(3000));
            }
        }

        using var cut = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                await (_delay > TimeSpan.Zero
                    ? Task.WhenAny(PumpLateAsync(client, server, cut.Token), PumpLateAsync(server, client, cut.Token))
                    : Task.WhenAny(PumpAsync(client, server, up, inPeace, cut.Token), PumpAsync(server, client, down, inPeace, cut.Token)));
                await cut.CancelAsync();
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                // The server isn't there, or the test is over.
            }

            lock (_lock)
            {
                _open--;
            }
        }
    }

    // Held up, and not slowed down: what follows is under way meanwhile.
    private async Task PumpLateAsync(TcpClient from, TcpClient to, CancellationToken stop)
    {
        var way = Channel.CreateUnbounded<(long Sent, byte[] Bytes)>();
        Task arriving = ArriveAsync();
        try
        {
            byte[] buffer = new byte[64 * 1024];
            while (await from.GetStream().ReadAsync(buffer, stop) is var read and > 0)
            {
                way.Writer.TryWrite((TimeProvider.System.GetTimestamp(), buffer[..read]));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone, so the other goes.
        }

        way.Writer.Complete();
        await arriving;

        async Task ArriveAsync()
        {
            try
            {
                await foreach ((long sent, byte[] bytes) in way.Reader.ReadAllAsync(stop))
                {
                    if (_delay - TimeProvider.System.GetElapsedTime(sent) is var left && left > TimeSpan.Zero)
                    {
                        await Task.Delay(left, TimeProvider.System, stop);
                    }

                    await to.GetStream().WriteAsync(bytes, stop);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                // As above.
            }
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, long left, bool inPeace, CancellationToken stop)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, stop) is var read and > 0)
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, (int)Math.Min(read, left)), stop);
                left -= read;
                if (left <= 0)
                {
                    Interlocked.Increment(ref _cuts);
                    if (!inPeace)
                    {
                        // What is under way is lost.
                        from.Client.LingerState = new LingerOption(true, 0);
                        to.Client.LingerState = new LingerOption(true, 0);
                    }

                    return;
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone, so the other goes.
        }
    }
}
