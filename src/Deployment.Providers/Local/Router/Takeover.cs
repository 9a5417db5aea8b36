using System.Globalization;
using System.Net.Sockets;
using Deployment.Providers.Local.Hosting;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// How one router gets a port from another without a moment in which nobody listens: it asks whoever has the listening sockets. Whom it
/// found goes on until the supervisor, which sees that this one serves, tells it to retire.
/// </summary>
internal static class Takeover
{
    /// <summary>
    /// Gets the sockets from the router that has the port; from any other one of the port that hasn't retired, where that one is dead or
    /// hangs; else from the supervisor, which keeps them.
    /// </summary>
    /// <returns>By address and port; empty when nobody has any.</returns>
    public static async Task<IReadOnlyDictionary<string, Socket>> BeginAsync(StateFolder folder, int port, CancellationToken cancellationToken)
    {
        if (!SocketRequest.IsSupported)
        {
            // The port is opened anew.
            return new Dictionary<string, Socket>();
        }

        string waiting = folder.RouterHandover(port, Environment.ProcessId);
        string kept = string.Create(CultureInfo.InvariantCulture, $"/routers/{port}/sockets");
        IEnumerable<(string Socket, string Path)> all = [.. folder.RouterSockets(port).Select(router => (router, "/handover")), (folder.SupervisorSocket, kept)];
        foreach ((string socket, string path) in all)
        {
            try
            {
                // Inherited, because .NET hangs up those that aren't when it closes them, for everybody who has them.
                if (await SocketRequest.AskAsync(socket, path, waiting, inherited: true, cancellationToken) is { } received)
                {
                    return Open(received);
                }
            }
            catch (Exception error) when (error is TimeoutException or IOException or SocketException)
            {
                // It hangs, or died in the middle; somebody else may have them.
            }
        }

        return new Dictionary<string, Socket>();
    }

    /// <summary>Sends sockets to the process that asked for them.</summary>
    /// <exception cref="RefusedException">This router has retired.</exception>
    public static void Send(string path, ListeningSockets sockets)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new RefusedException(StatusCodes.Status501NotImplemented, "Sockets are handed over on Linux only.");
        }

        KeyValuePair<string, Socket>[] all = [.. sockets.All];
        if (all.Any(entry => entry.Value.SafeHandle.IsClosed))
        {
            throw new RefusedException(StatusCodes.Status409Conflict, "This router has retired: it has closed its listening sockets.");
        }

        using var channel = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        channel.Connect(new UnixDomainSocketEndPoint(path));
        foreach ((string name, Socket socket) in all)
        {
            DescriptorChannel.Send(channel, name, socket);
        }
    }

    private static Dictionary<string, Socket> Open(ReceivedSockets received) =>
        received.Descriptors.ToDictionary(entry => entry.Key, entry => new Socket(new SafeSocketHandle(entry.Value, ownsHandle: true)), StringComparer.Ordinal);
}
