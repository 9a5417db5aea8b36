using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Deployment.Commands;

namespace Deployment.Providers.Local.Verbs;

/// <summary>What a tester types on this machine to reach a revision over the public port.</summary>
internal static class TesterLines
{
    internal static IReadOnlyList<string> Of(LocalTargetOptions options, int port, string revision)
    {
        List<string> words = ["curl", "-sS", "-i"];
        words.AddRange(options.TesterHeader is { } header ? ["-H", $"{header}: {revision}"] : ["--cookie", $"{options.TesterCookie}={revision}"]);
        string address = AddressOf(options.Address);
        string? host = HostOf(options);
        if (host is not null)
        {
            words.AddRange(["--resolve", string.Create(CultureInfo.InvariantCulture, $"{host}:{port}:{address}")]);
        }

        string scheme = options.Router.Tls.Count > 0 ? "https" : "http";
        string path = options.PathPrefix.EndsWith('/') ? options.PathPrefix : options.PathPrefix + "/";
        words.Add(string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host ?? address}:{port}{path}"));
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
