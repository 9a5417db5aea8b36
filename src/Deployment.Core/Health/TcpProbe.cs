using System.Net;
using System.Net.Sockets;

namespace Deployment.Health;

/// <summary>Opens a TCP connection to each instance and closes it again.</summary>
internal sealed class TcpProbe : InstanceProbe
{
    /// <inheritdoc/>
    public override CheckDescription Describe(CheckSubject subject, TimeSpan timeout) => new(
        ["place=${ADDRESS#*://}; place=${place%%/*}; nc -z \"${place%:*}\" \"${place##*:}\""],
        "a TCP connection is accepted");

    /// <inheritdoc/>
    protected override async Task<string?> TryOneAsync(CheckContext context, string address, CancellationToken cancellationToken)
    {
        var place = new Uri(address);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(place.IdnHost, place.Port), cancellationToken);
            return null;
        }
        catch (SocketException exception)
        {
            return $"{place.IdnHost}:{place.Port} accepted no connection: {exception.SocketErrorCode}.";
        }
    }
}
