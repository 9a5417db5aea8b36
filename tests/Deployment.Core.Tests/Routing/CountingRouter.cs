using Deployment.Analysis;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Tests.Routing;

/// <summary>A router that says that it measures what it routes.</summary>
internal sealed class CountingRouter(FakeRouter inner) : ITrafficRouter, IMetricSource
{
    public string Name => inner.Name;

    public TrafficLimits Limits => inner.Limits;

    public int MaxInstances => inner.MaxInstances;

    public IReadOnlyList<Prerequisite> Prerequisites => inner.Prerequisites;

    public bool TakesTesters => inner.TakesTesters;

    public Uri? PreviewAddress => inner.PreviewAddress;

    public Task<RouterState> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);

    public Task ApplyAsync(RoutingTable table, EffectContext context, CancellationToken cancellationToken) => inner.ApplyAsync(table, context, cancellationToken);

    public Task MaintainAsync(MaintenancePage? page, EffectContext context, CancellationToken cancellationToken) => inner.MaintainAsync(page, context, cancellationToken);

    public IReadOnlyList<string> RouteCommands(TrafficSplit split, IReadOnlyList<RevisionId> reachable, RevisionId? preview, Func<RevisionId, string> addresses) =>
        inner.RouteCommands(split, reachable, preview, addresses);

    public IReadOnlyList<string> ShowCommands() => inner.ShowCommands();

    public IReadOnlyList<string> MaintenanceCommands(MaintenancePage? page) => inner.MaintenanceCommands(page);

    public IReadOnlyList<string> TesterCommands(RevisionId revision) => inner.TesterCommands(revision);

    public bool Measures(Metric metric, MetricSubject subject) => true;

    public IReadOnlyList<string> Commands(Metric metric, MetricSubject subject) => [];

    public IMetricFeed Open(Metric metric, MetricSubject subject, DateTimeOffset since) => throw new NotSupportedException("Nothing is read here.");
}
