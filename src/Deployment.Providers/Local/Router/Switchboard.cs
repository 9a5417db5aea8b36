using System.Collections.Concurrent;
using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>Holds the active table and hands each request its lane, so that no switch can overlook a request.</summary>
internal sealed class Switchboard
{
    private readonly ConcurrentDictionary<string, RevisionTraffic> _traffic = new(StringComparer.Ordinal);
    private readonly Lock _switching = new();
    private ActiveTable _active;

    public Switchboard(RouteTable first) => _active = new ActiveTable(first, TrafficOf);

    public RouteTable Table => Volatile.Read(ref _active).Table;

    /// <summary>
    /// Takes the lane of the next request and counts it as in flight; null when nothing is served. The caller leaves the lane's traffic.
    /// </summary>
    /// <remarks>
    /// The request announces itself on the lane and looks at the table again; the switch replaces the table and looks at the lanes.
    /// Both orders have a full fence between write and read, so at least one of them sees the other: either the request
    /// starts over with the new table, or the drain counts it.
    /// </remarks>
    public Lane? Take()
    {
        while (true)
        {
            ActiveTable active = Volatile.Read(ref _active);
            if (active.Next() is not { } lane)
            {
                return null;
            }

            lane.Traffic.Enter();
            if (ReferenceEquals(Volatile.Read(ref _active), active))
            {
                return lane;
            }

            lane.Traffic.Leave();
        }
    }

    /// <summary>Follows another table from the next request on.</summary>
    /// <exception cref="DeploymentException">The table is older than the one that is followed.</exception>
    public void Switch(RouteTable table)
    {
        lock (_switching)
        {
            RouteTable old = _active.Table;
            if (table.Epoch < old.Epoch || table.Generation < old.Generation || (table.Generation == old.Generation && !table.RoutesLike(old)))
            {
                throw new DeploymentException(
                    $"The router of port {old.Port} refuses table {table.Generation} of epoch {table.Epoch}: it follows table {old.Generation} of epoch {old.Epoch} already.");
            }

            if (table.Port != old.Port || table.Address != old.Address)
            {
                throw new DeploymentException($"The router listens on {old.Address} port {old.Port} and can't become that of {table.Address} port {table.Port}.");
            }

            Interlocked.Exchange(ref _active, new ActiveTable(table, TrafficOf));
            Forget(old, table);
        }
    }

    public RouterStatus Status() => new(
        Environment.ProcessId,
        Table,
        _traffic.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value.InFlight, StringComparer.Ordinal));

    public ImmutableSortedDictionary<string, RevisionMetrics> Metrics() =>
        _traffic.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value.Metrics(), StringComparer.Ordinal);

    private RevisionTraffic TrafficOf(string revision) => _traffic.GetOrAdd(revision, id => new RevisionTraffic(id));

    // Counters of the last two tables stay, so that a revision that lost its traffic can still be judged; older ones would pile up.
    private void Forget(RouteTable old, RouteTable now)
    {
        foreach ((string revision, RevisionTraffic traffic) in _traffic)
        {
            if (traffic.InFlight == 0 && !old.Revisions.ContainsKey(revision) && !now.Revisions.ContainsKey(revision))
            {
                _traffic.TryRemove(revision, out _);
            }
        }
    }
}
