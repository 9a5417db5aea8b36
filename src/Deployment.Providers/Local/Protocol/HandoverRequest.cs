namespace Deployment.Providers.Local.Protocol;

/// <summary>Asks a router for its listening sockets.</summary>
/// <param name="Socket">The Unix socket that waits for them.</param>
internal sealed record HandoverRequest(string Socket);
