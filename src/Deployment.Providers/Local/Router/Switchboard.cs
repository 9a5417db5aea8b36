using System.Collections.Concurrent;
using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>Holds a target's active table and hands each request its lane, so that no switch can overlook a request.</summary>
internal sealed class Switchboard
{
    private readonly ConcurrentDictionary<string, RevisionTraffic> _traffic = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Revision, int Port), Instance> _instances = new();
    private readonly Lock _switching = new();
    private ActiveTable _active;

    public Switchboard(RouteTable first) => _active = new ActiveTable(first, TrafficOf, InstanceOf);

    public ActiveTable Active => Volatile.Read(ref _active);

    public RouteTable Table => Active.Table;

    /// <summary>
    /// Takes the place of the next request and counts it as in flight there, until the caller leaves. No place when nothing is served.
    /// </summary>
    /// <remarks>
    /// The request announces itself on lane and instance and looks at the table again; the switch replaces the table and looks at those.
    /// Both orders have a full fence between write and read, so at least one of them sees the other: either the request
    /// starts over with the new table, or the drain counts it.
    /// </remarks>
    public Ticket Take<T>(T request, Func<ActiveTable, T, Lane> choose)
    {
        while (true)
        {
            ActiveTable active = Active;
            if (!active.Serves)
            {
                return new Ticket(active, null);
            }

            if (TryEnter(active, choose(active, request)) is { } visit)
            {
                return new Ticket(active, visit);
            }
        }
    }

    /// <summary>The place of a request on the preview port, whatever users meet meanwhile: a page of maintenance, a pause. Null when nobody is served there.</summary>
    public Visit? TakePreview()
    {
        while (true)
        {
            ActiveTable active = Active;
            if (active.Previewed is not { } lane)
            {
                return null;
            }

            if (TryEnter(active, lane) is { } visit)
            {
                return visit;
            }
        }
    }

    /// <summary>Counts a request as in flight on a lane of a table; null when that table is no longer followed.</summary>
    public Visit? TryEnter(ActiveTable active, Lane lane)
    {
        Visit visit = lane.Enter();
        if (ReferenceEquals(Active, active))
        {
            return visit;
        }

        visit.Leave();
        return null;
    }

    /// <summary>Counts a request as in flight on another instance of its lane as well; false when that one takes no requests any more.</summary>
    public bool TryEnter(Instance instance)
    {
        instance.Enter();
        if (Active.Instances.Contains(instance))
        {
            return true;
        }

        instance.Leave();
        return false;
    }

    /// <summary>Follows another table from the next request on.</summary>
    /// <param name="table">The table.</param>
    /// <param name="before">What is to be done once the table is found fit, right before it is followed. Where it fails nothing has changed.</param>
    /// <exception cref="DeploymentException">The table is older than the one that is followed, or can't be followed.</exception>
    public void Switch(RouteTable table, Action? before = null)
    {
        lock (_switching)
        {
            ActiveTable active = _active;
            RouteTable old = active.Table;
            if (table.Epoch < old.Epoch || table.Generation < old.Generation || (table.Generation == old.Generation && !table.RoutesLike(old)))
            {
                throw new DeploymentException(
                    $"The router of port {old.Port} refuses table {table.Generation} of epoch {table.Epoch} for {table.Target}: it follows table {old.Generation} of epoch {old.Epoch} already.");
            }

            if (table.Port != old.Port || table.Address != old.Address)
            {
                throw new DeploymentException($"The router listens on {old.Address} port {old.Port} and can't become that of {table.Address} port {table.Port}.");
            }

            var next = new ActiveTable(table, TrafficOf, InstanceOf, active);
            before?.Invoke();
            Interlocked.Exchange(ref _active, next);
            Forget(old, table);
            active.Replace();
        }
    }

    public RouterStatus Status() => new(
        Environment.ProcessId,
        Table,
        _traffic.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value.InFlight, StringComparer.Ordinal))
    {
        InFlightByPort = _instances.Values.GroupBy(instance => instance.Port).ToImmutableSortedDictionary(same => same.Key, same => same.Sum(instance => instance.InFlight)),
    };

    public ImmutableSortedDictionary<string, RevisionMetrics> Metrics() =>
        _traffic.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value.Metrics(), StringComparer.Ordinal);

    /// <summary>The deadline of a drain has passed: what is in flight on instances without a share is broken off, or counted and left.</summary>
    public ImmutableSortedDictionary<string, long> Overdue(bool cut)
    {
        HashSet<Instance> serving = [.. Active.Serving];
        return _instances.Values
            .Where(instance => instance.InFlight > 0 && !serving.Contains(instance))
            .GroupBy(instance => instance.Traffic.Revision, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(same => same.Key, same => same.Sum(instance => instance.Overdue(cut)), StringComparer.Ordinal);
    }

    private RevisionTraffic TrafficOf(string revision) => _traffic.GetOrAdd(revision, id => new RevisionTraffic(id));

    private Instance InstanceOf(RevisionTraffic traffic, int port) => _instances.GetOrAdd((traffic.Revision, port), _ => new Instance(traffic, port));

    // Counters of the last two tables stay, so that a revision that lost its traffic can still be judged; older ones would pile up.
    private void Forget(RouteTable old, RouteTable now)
    {
        foreach ((string revision, RevisionTraffic traffic) in _traffic)
        {
            if (traffic.InFlight == 0 && !Names(old, revision) && !Names(now, revision))
            {
                _traffic.TryRemove(revision, out _);
            }
        }

        // What is still in flight must be found by drains.
        HashSet<Instance> named = [.. _active.Instances];
        foreach (((string, int) key, Instance instance) in _instances)
        {
            if (instance.InFlight == 0 && !named.Contains(instance))
            {
                _instances.TryRemove(key, out _);
            }
        }
    }

    private static bool Names(RouteTable table, string revision) =>
        table.Revisions.ContainsKey(revision) || table.Live.Any(live => live.Revision == revision);
}
