using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.Docker;

// What a router in front does for this target.
public sealed partial class DockerTarget
{
    private RoutedTraffic Traffic => _traffic ?? throw new InvalidOperationException($"{Name} has no router. Make it with {nameof(DockerTarget)}.{nameof(Behind)}.");

    /// <summary>Answers every request with a page from then on, whatever is routed meanwhile. For a step of one's own.</summary>
    /// <exception cref="InvalidOperationException">No router stands in front.</exception>
    public Operation StartMaintenance(MaintenancePage page) => Traffic.StartMaintenance(page);

    /// <summary>Serves the revisions again after <see cref="StartMaintenance"/>.</summary>
    /// <exception cref="InvalidOperationException">No router stands in front.</exception>
    public Operation EndMaintenance() => Traffic.EndMaintenance();
}
