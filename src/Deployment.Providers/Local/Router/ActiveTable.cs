using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>A route table made ready to be followed. It never changes; a switch replaces it.</summary>
internal sealed class ActiveTable
{
    private readonly ImmutableArray<Lane> _lanes;
    private readonly Wheel? _wheel;

    public ActiveTable(RouteTable table, Func<string, RevisionTraffic> trafficOf)
    {
        Table = table;
        _lanes = [.. table.Revisions.Select(entry => new Lane(trafficOf(entry.Key), Addresses(entry.Key, entry.Value), entry.Value.Upstream))];
        _wheel = _lanes.IsEmpty ? null : new Wheel([.. table.Revisions.Values.Select(entry => entry.Percent)]);
    }

    public RouteTable Table { get; }

    /// <summary>The lane whose turn it is; null when nothing is served.</summary>
    public Lane? Next() => _wheel is null ? null : _lanes[_wheel.Next()];

    private static ImmutableArray<Uri> Addresses(string revision, RouteEntry entry) => entry.Ports.IsDefaultOrEmpty
        ? throw new DeploymentException($"The route table names no instance of {revision}.")
        : [.. entry.Ports.Select(port => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri)];
}
