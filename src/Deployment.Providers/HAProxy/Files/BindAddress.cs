using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Deployment.Providers.HAProxy.Files;

/// <summary>Where a frontend listens.</summary>
/// <param name="Text">As HAProxy reads it.</param>
/// <param name="Asked">The host by which it is asked on this machine.</param>
/// <param name="Port">The port.</param>
internal sealed record BindAddress(string Text, string Asked, int Port)
{
    public static BindAddress? TryParse(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
        {
            return null;
        }

        string host = text[..colon];
        if (host == "*")
        {
            return new BindAddress(Of("*", port), "127.0.0.1", port);
        }

        bool inBrackets = host[0] == '[' && host[^1] == ']';
        if (!IPAddress.TryParse(inBrackets ? host[1..^1] : host, out IPAddress? address) || inBrackets != (address.AddressFamily == AddressFamily.InterNetworkV6) || address.ToString().Contains('%', StringComparison.Ordinal))
        {
            return null;
        }

        string written = inBrackets ? $"[{address}]" : address.ToString();
        string asked = address.Equals(IPAddress.Any) ? "127.0.0.1" : address.Equals(IPAddress.IPv6Any) ? "[::1]" : written;
        return new BindAddress(Of(written, port), asked, port);
    }

    public Uri Address(bool isTls) => new($"{(isTls ? "https" : "http")}://{Of(Asked, Port)}/");

    private static string Of(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
}
