using Deployment.Releases;
using Deployment.Routing;

namespace Deployment.Providers.Local;

// Processes behind another router than this provider's own.
public sealed partial class LocalTarget
{
    /// <summary>Processes with ports of 127.0.0.1 behind a router of another kind, such as HAProxy, which runs on this machine too.</summary>
    /// <param name="router">What routes the users' requests to them; for this target alone.</param>
    /// <param name="name">The target's name: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="configure">Sets the options; null for their defaults.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static LocalInstances Behind(ITrafficRouter router, string name, Action<LocalInstancesOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(router);
        var given = new LocalInstancesOptions();
        configure?.Invoke(given);
        string[] problems = [.. given.Problems(name, router)];
        return problems.Length > 0
            ? throw new DeploymentValidationException($"The local target '{Naming.Printable(name ?? "")}'", problems)
            : new LocalInstances(router, name!, given.Copy<LocalInstancesOptions>());
    }
}
