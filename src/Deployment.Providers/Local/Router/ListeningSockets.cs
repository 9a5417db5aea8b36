using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Deployment.Providers.Local.Router;

/// <summary>The sockets that a router listens on: opened by itself, or by the one before it. Connections that wait in one outlive both.</summary>
internal sealed class ListeningSockets(IReadOnlyDictionary<string, Socket> inherited) : IDisposable
{
    // Kestrel gets a second object for each socket, which it may dispose of without closing the socket itself.
    private readonly ConcurrentDictionary<string, (Socket Socket, Socket Seen)> _all = new(StringComparer.Ordinal);

    /// <summary>By address and port.</summary>
    public IEnumerable<KeyValuePair<string, Socket>> All => _all.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Socket));

    /// <summary>The socket for an endpoint, which listens already.</summary>
    /// <exception cref="SocketException">Nobody can listen there.</exception>
    public Socket Open(EndPoint endpoint)
    {
        string name = endpoint.ToString()!;
        if (_all.TryGetValue(name, out (Socket Socket, Socket Seen) open))
        {
            return open.Seen;
        }

        Socket socket = inherited.GetValueOrDefault(name) ?? Listening(endpoint);
        var seen = new Socket(new SafeSocketHandle(socket.Handle, ownsHandle: false));
        _all[name] = (socket, seen);
        return seen;
    }

    /// <summary>Closes what was inherited and is listened on no longer: a preview port that the settings don't name any more.</summary>
    public void DropUnused()
    {
        foreach ((string name, Socket socket) in inherited)
        {
            if (!_all.ContainsKey(name))
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Accepts nothing more here. Whoever else has the socket goes on.</summary>
    public void StopAccepting()
    {
        foreach ((Socket socket, Socket seen) in _all.Values)
        {
            seen.Dispose();
            // A socket that is open here still listens, and would take connections that nobody accepts if the other process died.
            socket.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in inherited.Values.Concat(_all.Values.Select(both => both.Socket)).Distinct())
        {
            socket.Dispose();
        }
    }

    // Two processes may bind a socket to one port, as long as neither of them listens.
    private static Socket Listening(EndPoint endpoint)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        try
        {
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
