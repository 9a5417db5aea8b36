using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>The connections to all instances: those that rest, to be used again, and those in use, to be cut when they are late.</summary>
internal sealed class InstancePool : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    // Shorter than the keep-alive of common servers (Node closes after 5 seconds), so that a resting connection
    // is rarely closed by the instance just when a request is put on it.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _timeProvider;
    private readonly ITimer _timer;
    private readonly ConcurrentDictionary<InstanceConnection, Resting> _all = new();
    private readonly ConcurrentDictionary<int, Resting> _resting = new();
    private volatile bool _closed;

    public InstancePool(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _timer = timeProvider.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    public void Dispose()
    {
        _closed = true;
        _timer.Dispose();
        foreach (InstanceConnection connection in _all.Keys)
        {
            connection.Abort();
        }
    }

    /// <summary>A connection that rests; null when there is none.</summary>
    public InstanceConnection? Rested(Uri instance)
    {
        Resting resting = Of(instance);
        while (resting.Take() is { } connection)
        {
            if (connection.IsQuiet)
            {
                return connection;
            }

            Drop(connection);
        }

        return null;
    }

    /// <summary>A new connection.</summary>
    /// <exception cref="SocketException">The instance doesn't accept it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the time is over.</exception>
    public async ValueTask<InstanceConnection> ConnectAsync(Uri instance, TimeSpan limit, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var time = new CancellationTokenSource(limit, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            // An instance is a port of this machine.
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, instance.Port), either.Token);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var connection = new InstanceConnection(socket, _timeProvider);
        _all[connection] = Of(instance);
        if (_closed)
        {
            connection.Abort();
        }

        return connection;
    }

    /// <summary>Lets a connection rest whose last answer was read whole.</summary>
    public void Return(InstanceConnection connection)
    {
        connection.LimitTo(Timeout.InfiniteTimeSpan);
        connection.Narrow();
        connection.IdleSince = _timeProvider.GetTimestamp();
        if (_all.TryGetValue(connection, out Resting? resting))
        {
            resting.Add(connection);
        }
    }

    public void Drop(InstanceConnection connection)
    {
        _all.TryRemove(connection, out _);
        connection.Dispose();
    }

    private Resting Of(Uri instance) => _resting.TryGetValue(instance.Port, out Resting? resting) ? resting : _resting.GetOrAdd(instance.Port, static _ => new Resting());

    private void Look()
    {
        long now = _timeProvider.GetTimestamp();
        foreach ((InstanceConnection connection, _) in _all)
        {
            connection.CutWhenLate(now);
        }

        long restedSince = now - (long)(Rest.TotalSeconds * _timeProvider.TimestampFrequency);
        foreach (Resting resting in _resting.Values)
        {
            foreach (InstanceConnection old in resting.TakeOlder(restedSince))
            {
                Drop(old);
            }
        }
    }

    /// <summary>The last one to come goes first, so that what is not needed grows old.</summary>
    private sealed class Resting
    {
        private readonly Lock _guard = new();
        private readonly List<InstanceConnection> _connections = [];

        public InstanceConnection? Take()
        {
            lock (_guard)
            {
                if (_connections.Count == 0)
                {
                    return null;
                }

                InstanceConnection last = _connections[^1];
                _connections.RemoveAt(_connections.Count - 1);
                return last;
            }
        }

        public void Add(InstanceConnection connection)
        {
            lock (_guard)
            {
                _connections.Add(connection);
            }
        }

        public InstanceConnection[] TakeOlder(long than)
        {
            lock (_guard)
            {
                int old = 0;
                while (old < _connections.Count && _connections[old].IdleSince < than)
                {
                    old++;
                }

                if (old == 0)
                {
                    return [];
                }

                InstanceConnection[] taken = [.. _connections[..old]];
                _connections.RemoveRange(0, old);
                return taken;
            }
        }
    }
}
