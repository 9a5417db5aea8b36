namespace Deployment.Providers.Local;

/// <summary>What a router speaks to the instances of an application.</summary>
public enum UpstreamProtocol
{
    /// <summary>HTTP/2 in clear text (h2c, prior knowledge) for requests of the content type <c>application/grpc</c>, HTTP/1.1 for all others. The default.</summary>
    Automatic,

    /// <summary>HTTP/1.1 alone.</summary>
    Http1,

    /// <summary>HTTP/2 in clear text alone, by prior knowledge. Web sockets don't pass.</summary>
    Http2,
}
