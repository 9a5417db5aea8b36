using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net.Security;
using System.Runtime.CompilerServices;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router.Tls;

/// <summary>The certificates of a port: which one a client gets, by the host that it asks for.</summary>
internal sealed class Certificates : IDisposable
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger;
    private readonly List<SslApplicationProtocol> _protocols;
    private readonly ITimer _timer;
    private readonly Lock _looking = new();
    // One set of options for a certificate's life: the runtime keeps its TLS sessions with them.
    private readonly ConditionalWeakTable<ServedCertificate, SslServerAuthenticationOptions> _options = [];
    private volatile Chosen _chosen;

    /// <exception cref="DeploymentException">A certificate can't be used.</exception>
    public Certificates(RouterSettings settings, ILogger logger, TimeProvider timeProvider)
    {
        _logger = logger;
        _protocols = settings.Protocols switch
        {
            ClientProtocols.Http1 => [SslApplicationProtocol.Http11],
            ClientProtocols.Http2 => [SslApplicationProtocol.Http2],
            _ => [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        _chosen = new Chosen(settings.Tls, logger);
        _timer = timeProvider.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    public void Dispose() => _timer.Dispose();

    public ImmutableArray<CertificateStatus> Status() => [.. _chosen.All.Select(certificate => certificate.Status())];

    /// <summary>Takes other files, all or none.</summary>
    /// <exception cref="DeploymentException">A certificate can't be used.</exception>
    public void Replace(ImmutableArray<CertificateFiles> files) => _chosen = new Chosen(files, _logger);

    public SslServerAuthenticationOptions For(string? host)
    {
        Chosen chosen = _chosen;
        WatchedCertificate certificate = host is not null && chosen.ByHost.TryGetValue(host, out WatchedCertificate? named) ? named : chosen.Default;
        return _options.GetValue(certificate.Served, served => new SslServerAuthenticationOptions
        {
            ServerCertificateContext = served.Context,
            ApplicationProtocols = _protocols,
        });
    }

    private void Look()
    {
        // A slow disk must not let looks pile up.
        if (_looking.TryEnter())
        {
            try
            {
                foreach (WatchedCertificate certificate in _chosen.All)
                {
                    certificate.Look();
                }
            }
            finally
            {
                _looking.Exit();
            }
        }
    }

    private sealed class Chosen
    {
        public Chosen(ImmutableArray<CertificateFiles> files, ILogger logger)
        {
            All = [.. files.Select(one => new WatchedCertificate(one, logger))];
            Default = All.Single(certificate => certificate.Served.Files.Hosts.IsEmpty);
            ByHost = All.SelectMany(certificate => certificate.Served.Files.Hosts, (certificate, host) => KeyValuePair.Create(host, certificate))
                .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        }

        public ImmutableArray<WatchedCertificate> All { get; }

        public WatchedCertificate Default { get; }

        public FrozenDictionary<string, WatchedCertificate> ByHost { get; }
    }
}
