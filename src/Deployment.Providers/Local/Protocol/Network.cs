using System.Net;

namespace Deployment.Providers.Local.Protocol;

/// <summary>Networks as people write them: CIDR, or one address alone.</summary>
internal static class Network
{
    public static bool TryParse(string? text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out IPAddress? address))
        {
            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }

        return IPNetwork.TryParse(text, out network);
    }
}
