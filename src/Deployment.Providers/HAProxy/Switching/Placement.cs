using System.Collections.Immutable;
using Deployment.Providers.HAProxy.Runtime;
using Deployment.Providers.HAProxy.Sites;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Switching;

/// <summary>Finds lanes for revisions and servers for instances. What is there stays where it is.</summary>
/// <param name="options">How many lanes there are.</param>
/// <param name="servers">How HAProxy's servers stand, by the lane's name.</param>
/// <param name="busy">Lanes that still have requests in flight: others are taken first.</param>
/// <param name="addresses">The IP address of each host.</param>
internal sealed class Placement(HAProxyOptions options, ILookup<string, ServerState> servers, IReadOnlySet<int> busy, IReadOnlyDictionary<string, string> addresses)
{
    /// <summary>What follows a state when a table is to be followed. What lost its place keeps its lane, to finish.</summary>
    /// <exception cref="DeploymentException">There is no room for it.</exception>
    public SiteState Next(SiteState now, RoutingTable table)
    {
        long generation = now.Generation + 1;
        var free = new Queue<int>(Enumerable.Range(1, options.Lanes).Except(now.Lanes.Select(lane => lane.Number)).OrderBy(busy.Contains));
        List<LaneEntry> lanes = [];
        foreach (RoutedRevision routed in table.Revisions)
        {
            LaneEntry lane = now.Lanes.FirstOrDefault(lane => lane.Revision == routed.Revision) ?? new LaneEntry
            {
                Number = free.TryDequeue(out int number) ? number : throw Full(now, routed),
                Revision = routed.Revision,
                Weight = null,
                Since = generation,
                Places = [],
            };
            lanes.Add(lane with { Weight = routed.Weight, Places = Places(lane, routed.Instances) });
        }

        lanes.AddRange(now.Lanes.Where(lane => lanes.All(kept => kept.Number != lane.Number)).Select(lane => lane with { Weight = null }));
        return now with
        {
            Generation = generation,
            Lanes = [.. lanes.OrderBy(lane => lane.Number)],
            Split = [.. Shares.Change(now.Split, Shares.Sizes(lanes.Select(lane => (lane.Number, lane.Weight ?? 0))))],
            Preview = lanes.FirstOrDefault(lane => lane.Revision == table.Preview)?.Number,
        };
    }

    private ImmutableArray<Place> Places(LaneEntry lane, IReadOnlyList<RoutedInstance> instances)
    {
        Place[] kept = [.. lane.Places.Where(place => instances.Contains(place.Instance) && addresses[place.Instance.Host] == place.Address)];
        HashSet<int> resting = [.. servers[StateText.Backend(options.Site, lane.Number)].Where(server => server.IsInMaintenance).Select(server => Number(server.Server))];
        var free = new Queue<int>(Enumerable.Range(1, 2 * options.InstancesPerLane).Except(lane.Places.Select(place => place.Number)).OrderByDescending(resting.Contains));
        return
        [
            .. instances.Select(instance => kept.FirstOrDefault(place => place.Instance == instance)
                ?? new Place(free.TryDequeue(out int number) ? number : throw NoServer(lane), instance, addresses[instance.Host])),
        ];
    }

    private static int Number(string server) => server.Length > 1 && int.TryParse(server.AsSpan(1), out int number) ? number : 0;

    private DeploymentException Full(SiteState now, RoutedRevision routed) =>
        new($"{routed.Revision} has no lane in HAProxy: all {options.Lanes} of the site {options.Site} are taken, by {string.Join(", ", now.Lanes.Select(lane => lane.Revision))}. Set {nameof(HAProxyOptions.Lanes)} higher, write the configuration and reload HAProxy.");

    private static DeploymentException NoServer(LaneEntry lane) =>
        new($"{lane.Revision} has no server left in HAProxy for another instance. Apply once more when what was there has finished, or set {nameof(HAProxyOptions.InstancesPerLane)} higher, write the configuration and reload HAProxy.");
}
