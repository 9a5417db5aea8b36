using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Deployment.Providers.HAProxy.Tests.Support;

/// <summary>Stands between a router and HAProxy's socket, a connection for each command, and may do something before one: a crash, say.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly string _to;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _commands;

    public Relay(string at, string to)
    {
        (At, _to) = (at, to);
        _listener.Bind(new UnixDomainSocketEndPoint(at));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string At { get; }

    /// <summary>Asked before each command, by its number from 1; without true it isn't handed on.</summary>
    public Func<int, Task<bool>> Before { get; set; } = _ => Task.FromResult(true);

    /// <summary>The first lines of the commands that were handed on.</summary>
    public ConcurrentQueue<string> Commands { get; } = [];

    public void Count() => Interlocked.Exchange(ref _commands, 0);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = HandAsync(await _listener.AcceptAsync(_stop.Token));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task HandAsync(Socket client)
    {
        try
        {
            using (client)
            {
                if (!await Before(Interlocked.Increment(ref _commands)))
                {
                    return;
                }

                using var proxy = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await proxy.ConnectAsync(new UnixDomainSocketEndPoint(_to));
                await using var there = new NetworkStream(proxy);
                await using var here = new NetworkStream(client);
                byte[] first = new byte[16 * 1024];
                int length = await here.ReadAsync(first, _stop.Token);
                Commands.Enqueue(Encoding.UTF8.GetString(first, 0, length).Split('\n')[0]);
                await there.WriteAsync(first.AsMemory(0, length), _stop.Token);
                _ = here.CopyToAsync(there, _stop.Token).ContinueWith(copied => copied.Exception, TaskScheduler.Default);
                await there.CopyToAsync(here, _stop.Token);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // Who asked sees it.
        }
    }
}
