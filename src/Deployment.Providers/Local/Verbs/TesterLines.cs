using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Deployment.Commands;

namespace Deployment.Providers.Local.Verbs;

/// <summary>What a tester types on this machine to reach a revision over the public port.</summary>
internal static class TesterLines
{
    internal static IReadOnlyList<string> Of(LocalTargetOptions options, int port, string revision) =>
        Curl(options, port, options.TesterHeader is { } header ? ["-H", $"{header}: {revision}"] : ["--cookie", $"{options.TesterCookie}={revision}"]);

    /// <summary>The same on the preview port, where nobody has to say which revision.</summary>
    internal static IReadOnlyList<string> Preview(LocalTargetOptions options, int port) => Curl(options, port, []);

    /// <summary>Where a port of the target is asked.</summary>
    internal static Uri Address(LocalTargetOptions options, int port) => new(Text(options, port));

    private static string Text(LocalTargetOptions options, int port)
    {
        string scheme = options.Router.Tls.Count > 0 ? "https" : "http";
        string path = options.PathPrefix.EndsWith('/') ? options.PathPrefix : options.PathPrefix + "/";
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{HostOf(options) ?? AddressOf(options.Address)}:{port}{path}");
    }

    private static IReadOnlyList<string> Curl(LocalTargetOptions options, int port, IEnumerable<string> asTester)
    {
        List<string> words = ["curl", "-sS", "-i", .. asTester];
        if (HostOf(options) is { } host)
        {
            words.AddRange(["--resolve", string.Create(CultureInfo.InvariantCulture, $"{host}:{port}:{AddressOf(options.Address)}")]);
        }

        words.Add(Text(options, port));
        return [string.Join(' ', words.Select(CommandLine.Quote))];
    }

    // What listens on every address is asked on the loopback one.
    private static string AddressOf(string listening)
    {
        IPAddress address = IPAddress.Parse(listening);
        IPAddress asked = address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        return asked.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{asked}]" : asked.ToString();
    }

    // Any name fits a wildcard; and over TLS a name is needed for which there is a certificate.
    private static string? HostOf(LocalTargetOptions options) =>
        options.Hosts.FirstOrDefault()?.Replace("*", "www", StringComparison.Ordinal)
        ?? options.Router.Tls.SelectMany(certificate => certificate.Files.Hosts).FirstOrDefault();
}
