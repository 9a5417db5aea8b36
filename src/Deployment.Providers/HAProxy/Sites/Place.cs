using System.Globalization;
using System.Net;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Sites;

/// <summary>An instance on a server of HAProxy's.</summary>
/// <param name="Number">The server's number in its lane, from 1.</param>
/// <param name="Instance">The instance.</param>
/// <param name="Address">Its host's IP address: HAProxy takes no names at run time.</param>
internal sealed record Place(int Number, RoutedInstance Instance, string Address)
{
    public string Server => string.Create(CultureInfo.InvariantCulture, $"s{Number}");

    /// <summary>Such as <c>1=web-1,localhost,127.0.0.1,20001</c>.</summary>
    public string Write() => string.Create(CultureInfo.InvariantCulture, $"{Number}={Instance.Slot},{Instance.Host},{Address},{Instance.Port}");

    /// <exception cref="FormatException">It is none.</exception>
    public static Place Read(string text)
    {
        string[] sides = text.Split('=');
        string[] parts = sides.Length == 2 ? sides[1].Split(',') : [];
        bool isOne = parts.Length == 4 && HAProxy.Text.IsSlot(parts[0]) && HAProxy.Text.IsHost(parts[1]) && IPAddress.TryParse(parts[2], out _);
        int number = Sites.Digits.Read(sides[0]);
        int port = isOne ? Sites.Digits.Read(parts[3]) : 0;
        return isOne && number > 0 && port is > 0 and <= 65535 ? new Place(number, new RoutedInstance(parts[0], parts[1], port), parts[2]) : throw new FormatException($"'{text}' is no instance");
    }
}
