namespace Deployment.Providers.Local;

/// <summary>What clients may speak to a router.</summary>
public enum ClientProtocols
{
    /// <summary>HTTP/1.1 and HTTP/2. With TLS both sides agree by ALPN; in clear text a client speaks HTTP/2 by prior knowledge, as gRPC clients do. The default.</summary>
    Http1AndHttp2,

    /// <summary>HTTP/1.1 alone.</summary>
    Http1,

    /// <summary>HTTP/2 alone.</summary>
    Http2,
}
