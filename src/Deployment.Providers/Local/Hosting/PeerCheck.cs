using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Hosting;

/// <summary>
/// Lets only the folder's owner (and root, who could be the owner anyway) speak on a control socket. The modes of folder and socket
/// say the same; this holds as well where somebody has opened them, and in the moment before the socket's mode is set.
/// </summary>
internal static partial class PeerCheck
{
    // unix(7): SO_PEERCRED gives pid, uid and gid of who connected.
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const uint Root = 0;

    public static ConnectionDelegate Only(ConnectionDelegate next, ILogger logger) => connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && UserOf(socket) is { } user && user != Root && user != Libc.EffectiveUser())
        {
            Refused(logger, user);
            connection.Abort(new ConnectionAbortedException("Only the owner of the state folder may use its control sockets."));
            return Task.CompletedTask;
        }

        return next(connection);
    };

    // Null where the system has another way to tell: there the modes alone decide.
    private static uint? UserOf(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        Span<int> credentials = stackalloc int[3];
        return socket.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials)) == 12
            ? (uint)credentials[1]
            : uint.MaxValue;
    }

    [LoggerMessage(24, LogLevel.Warning, "User {User} tried to use a control socket and was refused.")]
    private static partial void Refused(ILogger logger, uint user);
}
