using System.Net;
using System.Net.Sockets;
using Deployment.Providers.HAProxy.Sites;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Switching;

/// <summary>What a table must keep to before anything of it reaches HAProxy.</summary>
internal static class TableRules
{
    /// <exception cref="DeploymentException">The table can't be followed.</exception>
    public static void Check(HAProxyOptions options, SiteState now, RoutingTable table)
    {
        if (table.Application is { } application && now.Routed.FirstOrDefault(lane => lane.Revision.Application != application) is { } other)
        {
            throw new DeploymentException($"The site {options.Site} serves {other.Revision.Application}, and the table is of {application}: give each application a site of its own.");
        }

        if (table.Revisions.FirstOrDefault(routed => routed.Instances.Count > options.InstancesPerLane) is { } large)
        {
            throw new DeploymentException($"{large.Revision} has {large.Instances.Count} instances, and the site {options.Site} takes {options.InstancesPerLane}: set {nameof(HAProxyOptions.InstancesPerLane)} higher, write the configuration and reload HAProxy.");
        }

        foreach (RoutedInstance instance in table.Revisions.SelectMany(routed => routed.Instances))
        {
            if (!Text.IsSlot(instance.Slot) || !Text.IsHost(instance.Host) || instance.Port is < 1 or > 65535)
            {
                throw new DeploymentException($"The instance '{Text.Printable(instance.Slot)}' at '{Text.Printable(instance.Host)}' and port {instance.Port} can't be routed: a slot has letters, digits, '.' or '-', a host is a name or an IP address, a port is 1 to 65535.");
            }
        }
    }

    /// <summary>The IP addresses of all hosts: HAProxy takes no names at run time. Of several the first, IPv4 before IPv6.</summary>
    /// <exception cref="DeploymentException">A name is unknown.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ResolveAsync(RoutingTable table, CancellationToken cancellationToken)
    {
        Dictionary<string, string> addresses = [];
        foreach (string host in table.Revisions.SelectMany(routed => routed.Instances).Select(instance => instance.Host).Distinct())
        {
            addresses[host] = IPAddress.TryParse(host, out IPAddress? given) ? given.ToString() : await LookUpAsync(host, cancellationToken);
        }

        return addresses;
    }

    private static async Task<string> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(host, cancellationToken);
            return found.OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).FirstOrDefault()?.ToString()
                ?? throw new DeploymentException($"The host '{host}' has no address.");
        }
        catch (SocketException error)
        {
            throw new DeploymentException($"The host '{host}' has no address: {error.Message}.", error);
        }
    }
}
