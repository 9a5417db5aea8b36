using System.Collections.Frozen;
using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>A route table made ready to be followed. It never changes; a switch replaces it.</summary>
internal sealed class ActiveTable
{
    private const string Candidate = "candidate";

    private readonly ImmutableArray<Lane> _lanes;
    private readonly Wheel? _wheel;
    private readonly FrozenDictionary<string, Lane> _live;
    private readonly ImmutableArray<Lane> _newestFirst;
    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes a table ready.</summary>
    /// <param name="table">The table.</param>
    /// <param name="trafficOf">The counters of a revision.</param>
    /// <param name="instanceOf">The instance of a revision on a port.</param>
    /// <param name="before">The table that it takes the place of. Where the shares stay its wheels turn on, or revisions with a small one would wait anew with each table.</param>
    public ActiveTable(RouteTable table, Func<string, RevisionTraffic> trafficOf, Func<RevisionTraffic, int, Instance> instanceOf, ActiveTable? before = null)
    {
        Table = table;
        ImmutableDictionary<string, Lane> serving = table.Revisions.ToImmutableDictionary(entry => entry.Key, entry => LaneOf(entry.Key, entry.Value.Ports));
        _lanes = [.. table.Revisions.Keys.Select(revision => serving[revision])];
        _newestFirst = [.. table.Live.Select(live => serving.GetValueOrDefault(live.Revision) ?? LaneOf(live.Revision, live.Ports))];
        _live = _newestFirst.Concat(_lanes).DistinctBy(lane => lane.Traffic.Revision).ToFrozenDictionary(lane => lane.Traffic.Revision, StringComparer.Ordinal);
        _wheel = before?._wheel is { } wheel && Shares(table).SequenceEqual(Shares(before.Table)) ? wheel
            : _lanes.IsEmpty ? null
            : table.ByInstances ? new Wheel([.. table.Weights], table.Weights.Sum())
            : new Wheel([.. table.Weights]);
        Mirror = before?.Table.MirrorPercent == table.MirrorPercent ? before.Mirror : new Wheel([100 - table.MirrorPercent, table.MirrorPercent]);

        Lane LaneOf(string revision, ImmutableArray<int> ports)
        {
            RevisionTraffic traffic = trafficOf(revision);
            return ports.IsDefaultOrEmpty
                ? throw new DeploymentException($"The route table names no instance of {revision}.")
                : new Lane(traffic, [.. ports.Select(port => instanceOf(traffic, port))], table.Upstream);
        }
    }

    public RouteTable Table { get; }

    /// <summary>Completes when another table is followed.</summary>
    public Task Replaced => _replaced.Task;

    /// <summary>Whether requests go to a revision at all.</summary>
    public bool Serves => _wheel is not null && Table.Maintenance is null && Table.Pause is null;

    /// <summary>How long a request may wait for that.</summary>
    public TimeSpan Hold => Table.Maintenance is not null ? TimeSpan.Zero : TimeSpan.FromSeconds(Table.Pause?.HoldSeconds ?? (_wheel is null ? Table.HoldSeconds : 0));

    /// <summary>Whose turn it is to be mirrored.</summary>
    public Wheel Mirror { get; }

    /// <summary>Every instance that is named.</summary>
    public IEnumerable<Instance> Instances => _live.Values.SelectMany(lane => lane.Instances).Distinct();

    /// <summary>The instances of the revisions that have a share.</summary>
    public IEnumerable<Instance> Serving => _lanes.SelectMany(lane => lane.Instances);

    /// <summary>The lane whose turn it is. Only for a table that serves.</summary>
    public Lane Next() => _lanes[_wheel!.Next()];

    /// <summary>The lane that a tester names: a revision's id, or <c>candidate</c> for the one that was installed last. Null when it isn't live.</summary>
    public Lane? Named(string name) => name == Candidate ? (_newestFirst.IsEmpty ? null : _newestFirst[0]) : _live.GetValueOrDefault(name);

    /// <summary>The lane of a user, always the same one while the shares stay.</summary>
    public Lane Of(string user) =>
        _lanes[StickyShare.Of(user, [.. Shares(Table)])];

    /// <summary>Who gets copies of requests: the revision that a deployment named, else the one that was installed last while it has no share; null when there is none.</summary>
    public Lane? Shadow => Table.Mirror is { } mirror ? _live.GetValueOrDefault(mirror.Revision)
        : _newestFirst.IsEmpty || _lanes.Contains(_newestFirst[0]) ? null : _newestFirst[0];

    /// <summary>Who is served on the preview port; null when nobody is.</summary>
    public Lane? Previewed => Table.Preview is { } revision ? _live.GetValueOrDefault(revision) : null;

    /// <summary>The other live revisions, the one that was installed last first.</summary>
    public IEnumerable<Lane> Others(Lane lane) => _newestFirst.Where(other => other != lane);

    public void Replace() => _replaced.TrySetResult();

    private static IEnumerable<KeyValuePair<string, int>> Shares(RouteTable table) => table.Revisions.Keys.Zip(table.Weights, KeyValuePair.Create);
}
