namespace Deployment.Providers.Local.Router.Http1;

/// <summary>How a client asks for a web socket.</summary>
internal enum WebSocketKind
{
    None,

    /// <summary>By the Upgrade header of HTTP/1.1.</summary>
    Upgrade,

    /// <summary>By CONNECT in HTTP/2 (RFC 8441).</summary>
    ExtendedConnect,
}
