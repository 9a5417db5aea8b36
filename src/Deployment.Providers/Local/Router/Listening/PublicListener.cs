using System.Collections.Immutable;
using System.Net;
using System.Text;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Deployment.Providers.Local.Router.Listening;

/// <summary>The public port, and the preview port if there is one: which protocols it speaks, with which certificates, and within which limits.</summary>
internal sealed class PublicListener : IDisposable
{
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly Certificates? _certificates;
    private readonly ListenerLimits _limits = new();
    private readonly Lock _applying = new();
    private RouterSettings _settings;

    /// <exception cref="DeploymentException">A certificate can't be used.</exception>
    public PublicListener(RouterSettings settings, ILogger logger, TimeProvider timeProvider)
    {
        _settings = settings;
        _logger = logger;
        _timeProvider = timeProvider;
        _certificates = settings.Tls.IsEmpty ? null : new Certificates(settings, logger, timeProvider);
        Proxies = new TrustedProxies(settings.TrustedProxies);
    }

    public TrustedProxies Proxies { get; private set; }

    public ImmutableArray<CertificateStatus> Certificates => _certificates?.Status() ?? default;

    public void Dispose() => _certificates?.Dispose();

    /// <summary>Follows other settings from the next connection on.</summary>
    /// <exception cref="DeploymentException">It can't while it runs, or a certificate can't be used; nothing has changed then.</exception>
    public void Apply(RouterSettings next)
    {
        lock (_applying)
        {
            if (RouterSettings.Same(_settings, next))
            {
                return;
            }

            if (string.Join(' ', next.Problems()) is { Length: > 0 } problems)
            {
                throw new DeploymentException(problems);
            }

            if (_settings.Keeps(next) is { } kept)
            {
                throw new DeploymentException("The router listens already. " + kept);
            }

            _certificates?.Replace(next.Tls);
            _limits.Apply(next);
            Proxies = new TrustedProxies(next.TrustedProxies);
            _settings = next;
            RouterLog.SettingsApplied(_logger);
        }
    }

    public WebApplicationBuilder Server(ILoggerProvider log, IReadOnlyList<IPEndPoint> at, Retirement retirement)
    {
        // No client that is to be taken seriously ends a line with LF alone, and proxies that differ in this are how requests are smuggled.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        HandedOver? http2 = _settings is { Protocols: ClientProtocols.Http1AndHttp2, Tls.IsEmpty: true } ? new HandedOver() : null;
        WebApplicationBuilder builder = SlimServer.Create(log, kestrel =>
        {
            _limits.Start(kestrel.Limits, _settings);
            kestrel.RequestHeaderEncodingSelector = static name =>
                name.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase) ? ConnectionHeaderEncoding.Instance
                : name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) ? LengthHeaderEncoding.Instance
                : Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            foreach (IPEndPoint endpoint in at)
            {
                kestrel.Listen(endpoint, listen => Configure(listen, http2, retirement));
            }

            if (http2 is not null)
            {
                kestrel.Listen(http2, listen => listen.Protocols = HttpProtocols.Http2);
            }
        });
        // One activity and one log scope a request that nobody reads would be made otherwise; Kestrel itself logs what its pipeline throws.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (http2 is not null)
        {
            builder.Services.AddSingleton<IConnectionListenerFactory>(http2);
        }

        return builder;
    }

    private void Configure(ListenOptions listen, HandedOver? http2, Retirement retirement)
    {
        // Outermost: a connection counts from its first byte to its last.
        listen.Use(next => connection => retirement.ConnectAsync(connection, next));
        listen.Protocols = _settings.Protocols switch
        {
            ClientProtocols.Http1 => HttpProtocols.Http1,
            ClientProtocols.Http2 => HttpProtocols.Http2,
            _ => http2 is null ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1,
        };
        if (http2 is not null)
        {
            listen.Use(new PriorKnowledge(http2, _limits, _timeProvider).Before);
        }

        if (_certificates is { } certificates)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = hello => new(certificates.For(hello.ClientHelloInfo.ServerName)),
            });
        }
    }
}
