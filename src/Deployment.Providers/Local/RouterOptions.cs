using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local;

/// <summary>How the router of a <see cref="LocalTarget"/> speaks to clients and to instances.</summary>
public sealed class RouterOptions
{
    /// <summary>The certificates, of which one is for all hosts that no other is for; empty for clear text. Default empty.</summary>
    public IReadOnlyList<TlsCertificate> Tls { get; set; } = [];

    /// <summary>What clients may speak. Default <see cref="ClientProtocols.Http1AndHttp2"/>.</summary>
    public ClientProtocols Protocols { get; set; } = ClientProtocols.Http1AndHttp2;

    /// <summary>What instances speak. Default <see cref="UpstreamProtocol.Automatic"/>.</summary>
    public UpstreamProtocol UpstreamProtocol { get; set; } = UpstreamProtocol.Automatic;

    /// <summary>
    /// The proxies in front of the router, as networks (<c>10.0.0.0/8</c>) or addresses. From these <c>X-Forwarded-For</c> and <c>-Prefix</c> are
    /// appended to, and the other <c>X-Forwarded-*</c> are kept; what anybody else claims is dropped. Default empty.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; set; } = [];

    /// <summary>How long an instance may take to accept a connection; above zero, at most a day. Then the answer is 504. Default 5 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an instance may take from the end of a request to the head of its answer; above zero, at most a day, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Then the answer is 504. How long the body takes is not limited. Default 1 minute.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long web sockets of a revision that lost its share may go on before they are cut; at least zero, at most a day. It should be shorter than
    /// <see cref="LocalTargetOptions.DrainDeadline"/>, so that the drain comes to an end. Default 10 seconds.
    /// </summary>
    public TimeSpan WebSocketGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A second port on the same address, where blue-green serves a revision that has no users yet, for tests before the switch; what is asked
    /// there is answered 503 at other times. 1 to 65535, and not the public one. Default null: no preview.
    /// </summary>
    public int? PreviewPort { get; set; }

    /// <summary>What clients may do.</summary>
    public RouterLimits Limits { get; set; } = new();

    internal RouterSettings ClientSettings() => new()
    {
        Tls = [.. Tls.Select(certificate => certificate.Files)],
        Protocols = Protocols,
        TrustedProxies = [.. TrustedProxies],
        PreviewPort = PreviewPort,
        MaxConnections = Limits.MaxConnections,
        MaxBodyBytes = Limits.MaxBodyBytes,
        MaxRequestLineBytes = Limits.MaxRequestLineBytes,
        MaxHeaderBytes = Limits.MaxHeaderBytes,
        MaxHeaderCount = Limits.MaxHeaderCount,
        HeaderSeconds = Limits.HeaderTimeout.TotalSeconds,
        KeepAliveSeconds = Limits.KeepAliveTimeout.TotalSeconds,
        MinBodyRate = Limits.MinBodyRate,
        BodyGraceSeconds = Limits.BodyGrace.TotalSeconds,
    };

    internal UpstreamSettings UpstreamSettings() => new()
    {
        Protocol = UpstreamProtocol,
        ConnectSeconds = ConnectTimeout.TotalSeconds,
        // Zero stands for no limit in a table, and is no time-out that anybody could want.
        ResponseSeconds = ResponseTimeout == Timeout.InfiniteTimeSpan ? 0 : ResponseTimeout == TimeSpan.Zero ? -1 : ResponseTimeout.TotalSeconds,
        WebSocketGraceSeconds = WebSocketGrace.TotalSeconds,
    };

    internal IEnumerable<string> Problems()
    {
        if (Tls is null || TrustedProxies is null || Limits is null || Tls.Any(certificate => certificate is null))
        {
            return ["Tls, TrustedProxies and Limits of the router can't be null."];
        }

        return ClientSettings().Problems().Concat(UpstreamSettings().Problems());
    }

    // The settings are taken once, when the target is made; what the lambda kept changes nothing later.
    internal RouterOptions Copy() => new()
    {
        Tls = [.. Tls],
        Protocols = Protocols,
        UpstreamProtocol = UpstreamProtocol,
        TrustedProxies = [.. TrustedProxies],
        ConnectTimeout = ConnectTimeout,
        ResponseTimeout = ResponseTimeout,
        WebSocketGrace = WebSocketGrace,
        PreviewPort = PreviewPort,
        Limits = new RouterLimits
        {
            MaxConnections = Limits.MaxConnections,
            MaxBodyBytes = Limits.MaxBodyBytes,
            MaxRequestLineBytes = Limits.MaxRequestLineBytes,
            MaxHeaderBytes = Limits.MaxHeaderBytes,
            MaxHeaderCount = Limits.MaxHeaderCount,
            HeaderTimeout = Limits.HeaderTimeout,
            KeepAliveTimeout = Limits.KeepAliveTimeout,
            MinBodyRate = Limits.MinBodyRate,
            BodyGrace = Limits.BodyGrace,
        },
    };
}
