using Deployment.Analysis;
using Deployment.Releases;
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

    private T? Routed<T>()
        where T : class =>
        _router is null ? null
        : typeof(T) == typeof(ISplitTraffic) || (typeof(T) == typeof(IRouteTesters) && _router.TakesTesters) || (typeof(T) == typeof(IPreviewRevisions) && _router.PreviewAddress is not null) ? new Router(_traffic!, _router) as T
        : typeof(T) == typeof(IMetricSource) ? _router as T
        : null;

    /// <summary>The capabilities that need a router, so that the target has none of them where there is none.</summary>
    private sealed class Router(RoutedTraffic traffic, ITrafficRouter router) : ISplitTraffic, IRouteTesters, IPreviewRevisions
    {
        public TrafficLimits Limits => router.Limits;

        public Uri PreviewAddress => router.PreviewAddress!;

        public Operation Route(TrafficSplit split) => traffic.Route(split);

        public Operation RouteTesters(RevisionId revision, TrafficSplit users) => traffic.RouteTesters(revision, users);

        public IReadOnlyList<string> TesterCommands(RevisionId revision) => router.TesterCommands(revision);

        public Operation Preview(RevisionId? revision, TrafficSplit users) => traffic.Preview(revision, users);

        public IReadOnlyList<string> PreviewCommands() => [FormattableString.Invariant($"curl -sS -i {router.PreviewAddress}")];
    }
}
