using System.Collections.Immutable;
using System.Net;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>The proxies in front of this router whose word about the client counts.</summary>
internal sealed class TrustedProxies(ImmutableArray<string> networks)
{
    private readonly ImmutableArray<IPNetwork> _networks = [.. networks.Select(text => Network.TryParse(text, out IPNetwork network)
        ? network
        : throw new DeploymentException($"'{text}' is not a network."))];

    public bool Contains(IPAddress? peer)
    {
        if (_networks.IsEmpty || peer is null)
        {
            return false;
        }

        IPAddress address = Plain(peer);
        return _networks.Any(network => network.Contains(address));
    }

    /// <summary>A socket that takes both families shows 10.0.0.1 as ::ffff:10.0.0.1.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
