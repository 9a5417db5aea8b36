using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Releases;

namespace Deployment.Providers.Local.Protocol;

/// <summary>How a router speaks to clients. It belongs to the port; null in a table stands for the defaults.</summary>
internal sealed record RouterSettings
{
    private const double Day = 86_400;

    public static RouterSettings Default { get; } = new();

    /// <summary>Empty for clear text.</summary>
    public ImmutableArray<CertificateFiles> Tls { get; set; } = [];

    [JsonConverter(typeof(JsonStringEnumConverter<ClientProtocols>))]
    public ClientProtocols Protocols { get; set; } = ClientProtocols.Http1AndHttp2;

    /// <summary>Networks (CIDR) whose claims about the client are kept.</summary>
    public ImmutableArray<string> TrustedProxies { get; set; } = [];

    /// <summary>Where the router listens as well, on the same address, and serves the revisions that its targets preview; null for nowhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PreviewPort { get; set; }

    public int? MaxConnections { get; set; }

    public long? MaxBodyBytes { get; set; }

    public int MaxRequestLineBytes { get; set; } = 8 * 1024;

    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    public int MaxHeaderCount { get; set; } = 100;

    public double HeaderSeconds { get; set; } = 30;

    public double KeepAliveSeconds { get; set; } = 120;

    /// <summary>Bytes a second; 0 for none.</summary>
    public int MinBodyRate { get; set; } = 50;

    public double BodyGraceSeconds { get; set; } = 30;

    /// <summary>Null instead of the defaults, so that what says nothing new is left out.</summary>
    public RouterSettings? OrNull() => Same(this, null) ? null : this;

    /// <summary>Whether both say the same; null is the default.</summary>
    public static bool Same(RouterSettings? one, RouterSettings? other) => Text(one) == Text(other);

    /// <summary>Null when a router with these settings can take the next ones while it runs, else one sentence; it needs a successor then.</summary>
    public string? Keeps(RouterSettings next) =>
        Tls.IsEmpty != next.Tls.IsEmpty ? $"It speaks {(Tls.IsEmpty ? "clear text" : "TLS")} and can't speak {(next.Tls.IsEmpty ? "clear text" : "TLS")} without being started anew."
        : Protocols != next.Protocols ? $"It speaks {Protocols} and can't speak {next.Protocols} without being started anew."
        : PreviewPort != next.PreviewPort ? "Its PreviewPort can't be changed without starting it anew."
        : MaxConnections != next.MaxConnections ? "Its MaxConnections can't be changed without starting it anew."
        : null;

    /// <summary>One sentence for each value that can't be used. Nothing outside is looked at.</summary>
    public IEnumerable<string> Problems()
    {
        // An explicit null gets past the reader's nullable annotations.
        if (Tls.IsDefault || TrustedProxies.IsDefault || Tls.Any(files => files?.Certificate is null || files.Hosts.IsDefault))
        {
            return ["The lists of certificates, their hosts and trusted proxies can't be null."];
        }

        return TlsProblems().Concat(TrustedProxies.Where(network => !Network.TryParse(network, out _))
                .Select(network => $"TrustedProxies has '{Naming.Printable(network ?? "")}': it must be a network as 10.0.0.0/8, without bits beyond its prefix, or an IP address."))
            .Concat(LimitProblems());
    }

    private IEnumerable<string> TlsProblems()
    {
        if (!Enum.IsDefined(Protocols))
        {
            yield return $"Protocols is {(int)Protocols}: take one of {string.Join(", ", Enum.GetNames<ClientProtocols>())}.";
        }

        foreach (string file in Tls.SelectMany(files => files.Files).Where(file => !Path.IsPathFullyQualified(file) || file.Contains('\0', StringComparison.Ordinal)))
        {
            yield return $"The TLS file '{Naming.Printable(file)}' must be an absolute path.";
        }

        foreach (CertificateFiles files in Tls.Where(files => files is { Key: not null, PasswordFile: not null }))
        {
            yield return $"The certificate '{Naming.Printable(files.Certificate)}' has both a key file (PEM) and a password file (PKCS#12): take one.";
        }

        foreach (string host in Tls.SelectMany(files => files.Hosts).Where(host => Uri.CheckHostName(host) != UriHostNameType.Dns))
        {
            yield return $"'{Naming.Printable(host ?? "")}' is not a host name that a certificate can be for.";
        }

        foreach (string host in Tls.SelectMany(files => files.Hosts).GroupBy(host => host, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            yield return $"Two certificates are for the host '{Naming.Printable(host)}'.";
        }

        if (Tls.Length > 0 && Tls.Count(files => files.Hosts.IsEmpty) != 1)
        {
            yield return "Exactly one certificate must be for all other hosts, that is: be given without hosts.";
        }
    }

    private IEnumerable<string> LimitProblems()
    {
        if (PreviewPort is < 1 or > 65535)
        {
            yield return $"PreviewPort is {PreviewPort}, which is not a port: take 1 to 65535, or null for no preview.";
        }

        if (MaxConnections is < 1)
        {
            yield return $"MaxConnections is {MaxConnections}: it must be at least 1, or null for no limit.";
        }

        if (MaxBodyBytes is < 0)
        {
            yield return $"MaxBodyBytes is {MaxBodyBytes}: it must be at least 0, or null for no limit.";
        }

        foreach ((string name, int value, int least, int most) in new[]
        {
            (nameof(MaxRequestLineBytes), MaxRequestLineBytes, 256, 1024 * 1024), (nameof(MaxHeaderBytes), MaxHeaderBytes, 1024, 1024 * 1024),
            (nameof(MaxHeaderCount), MaxHeaderCount, 10, 1000), (nameof(MinBodyRate), MinBodyRate, 0, 1024 * 1024),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name} is {value}: take {least} to {most}.";
            }
        }

        foreach ((string name, double seconds, double least) in new[] { ("HeaderTimeout", HeaderSeconds, 1), ("KeepAliveTimeout", KeepAliveSeconds, 1), ("BodyGrace", BodyGraceSeconds, 2.0) })
        {
            if (!(seconds >= least && seconds <= Day))
            {
                yield return $"{name} is {seconds} s: it must be {least} s to a day.";
            }
        }
    }

    private static string Text(RouterSettings? settings) => JsonSerializer.Serialize(settings ?? Default, LocalJson.Default.RouterSettings);
}
