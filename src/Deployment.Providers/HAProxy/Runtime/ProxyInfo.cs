namespace Deployment.Providers.HAProxy.Runtime;

/// <summary>The HAProxy that answers.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Process">Its worker, which changes with each reload.</param>
/// <param name="Uptime">How long that worker has run, in whole seconds.</param>
internal sealed record ProxyInfo(Version Version, string Process, TimeSpan Uptime);
