using System.Collections.Concurrent;
using System.Net.Sockets;
using Deployment.Providers.Local.Hosting;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>
/// A second hold on the listening sockets of the routers. A socket listens as long as anybody has it, so connections wait while a router
/// that died is started again, and the next router is given the very same socket. Nothing is ever accepted here.
/// </summary>
internal sealed class HeldSockets(StateFolder folder)
{
    private readonly ConcurrentDictionary<int, IReadOnlyDictionary<string, int>> _held = new();
    private readonly Turns _turns = new();

    public bool Has(int port) => _held.ContainsKey(port);

    /// <summary>Takes hold of the sockets of a port, if its router answers and they aren't held yet.</summary>
    /// <returns>Whether they are held, or can't be on this machine.</returns>
    public Task<bool> TakeAsync(int port, CancellationToken cancellationToken) =>
        _turns.RunAsync(port, () => Has(port) ? Task.FromResult(true) : TakeNowAsync(port, cancellationToken), cancellationToken);

    /// <summary>The same in the place of those that are held: a router that just came may listen on others.</summary>
    /// <returns>Whether they are held, or can't be on this machine.</returns>
    public Task<bool> RetakeAsync(int port, CancellationToken cancellationToken) => _turns.RunAsync(port, () => TakeNowAsync(port, cancellationToken), cancellationToken);

    /// <summary>Sends the sockets of a port to the router that takes it over.</summary>
    /// <exception cref="RefusedException">None are held.</exception>
    public Task SendAsync(int port, string path, CancellationToken cancellationToken) => _turns.RunAsync(
        port,
        () =>
        {
            SendNow(port, path);
            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>Lets go of the sockets of a port: nobody listens there any more once its router is gone, too.</summary>
    public Task DropAsync(int port) => _turns.RunAsync(
        port,
        () =>
        {
            CloseNow(port);
            return Task.CompletedTask;
        },
        CancellationToken.None);

    private void CloseNow(int port)
    {
        if (_held.TryRemove(port, out IReadOnlyDictionary<string, int>? sockets))
        {
            foreach (int descriptor in sockets.Values)
            {
                _ = Libc.Close(descriptor);
            }
        }
    }

    private void SendNow(int port, string path)
    {
        if (!SocketRequest.IsSupported || !_held.TryGetValue(port, out IReadOnlyDictionary<string, int>? sockets))
        {
            throw new RefusedException(StatusCodes.Status404NotFound, $"No sockets of port {port} are held.");
        }

        using var channel = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        channel.Connect(new UnixDomainSocketEndPoint(path));
        foreach ((string name, int descriptor) in sockets)
        {
            DescriptorChannel.Send(channel, name, descriptor);
        }
    }

    private async Task<bool> TakeNowAsync(int port, CancellationToken cancellationToken)
    {
        if (!SocketRequest.IsSupported)
        {
            return true;
        }

        try
        {
            // Not inherited: an instance would go on listening on the public port.
            if (await SocketRequest.AskAsync(folder.RouterSocket(port), "/handover", folder.RouterHandover(port, Environment.ProcessId), inherited: false, cancellationToken) is { } received)
            {
                CloseNow(port);
                _held[port] = received.Descriptors;
                return true;
            }
        }
        catch (Exception error) when (error is TimeoutException or SocketException or IOException)
        {
            // It died meanwhile, or hangs; whoever watches it asks again.
        }

        return false;
    }
}
