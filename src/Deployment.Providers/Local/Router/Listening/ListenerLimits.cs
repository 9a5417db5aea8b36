using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Deployment.Providers.Local.Router.Listening;

/// <summary>Puts a router's limits into Kestrel, which reads them anew with each connection or request.</summary>
internal sealed class ListenerLimits
{
    private const int Held = 128 * 1024;

    private KestrelServerLimits? _kestrel;

    public TimeSpan KeepAliveTimeout { get; private set; } = TimeSpan.FromSeconds(RouterSettings.Default.KeepAliveSeconds);

    /// <summary>For the start: these limits are those of this server from now on.</summary>
    public void Start(KestrelServerLimits kestrel, RouterSettings settings)
    {
        _kestrel = kestrel;
        kestrel.MaxConcurrentConnections = settings.MaxConnections;
        kestrel.MaxConcurrentUpgradedConnections = settings.MaxConnections;
        // A slow reader of a stream is no fault, and how long an answer may take is the application's business.
        kestrel.MinResponseDataRate = null;
        kestrel.Http2.InitialStreamWindowSize = Held;
        Apply(settings);
    }

    public void Apply(RouterSettings settings)
    {
        KeepAliveTimeout = TimeSpan.FromSeconds(settings.KeepAliveSeconds);
        if (_kestrel is not { } limits)
        {
            return;
        }

        limits.MaxRequestBodySize = settings.MaxBodyBytes;
        limits.MaxRequestLineSize = settings.MaxRequestLineBytes;
        // What a held request has sent waits here, in memory; and it can't be less than what the parts of a head may have.
        limits.MaxRequestBufferSize = Math.Max(Held, Math.Max(settings.MaxRequestLineBytes, settings.MaxHeaderBytes) * 2);
        limits.MaxRequestHeadersTotalSize = settings.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = settings.MaxHeaderCount;
        limits.Http2.MaxRequestHeaderFieldSize = settings.MaxHeaderBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(settings.HeaderSeconds);
        limits.KeepAliveTimeout = KeepAliveTimeout;
        limits.MinRequestBodyDataRate = settings.MinBodyRate == 0 ? null : new MinDataRate(settings.MinBodyRate, TimeSpan.FromSeconds(settings.BodyGraceSeconds));
    }
}
