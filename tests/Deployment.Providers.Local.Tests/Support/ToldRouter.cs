using Deployment.Releases;
using Deployment.Routing;
using Deployment.Runbooks;
using Deployment.Targets;
using Deployment.Testing;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>A <see cref="FakeRouter"/> that lets a test look around whenever it is told a table, and prints the addresses that it is given by hand.</summary>
internal sealed class ToldRouter(FakeRouter router) : ITrafficRouter
{
    /// <summary>Called before a table is followed.</summary>
    public Func<RoutingTable, Task> Told { get; set; } = _ => Task.CompletedTask;

    public string Name => router.Name;

    public TrafficLimits Limits => router.Limits;

    public int MaxInstances => router.MaxInstances;

    public IReadOnlyList<Prerequisite> Prerequisites { get; } = [new Prerequisite("The router must run.", [])];

    public bool TakesTesters => router.TakesTesters;

    public Uri? PreviewAddress => router.PreviewAddress;

    public Task<RouterState> ReadAsync(CancellationToken cancellationToken) => router.ReadAsync(cancellationToken);

    public async Task ApplyAsync(RoutingTable table, EffectContext context, CancellationToken cancellationToken)
    {
        await Told(table);
        await router.ApplyAsync(table, context, cancellationToken);
    }

    public Task MaintainAsync(MaintenancePage? page, EffectContext context, CancellationToken cancellationToken) => router.MaintainAsync(page, context, cancellationToken);

    public IReadOnlyList<string> RouteCommands(TrafficSplit split, IReadOnlyList<RevisionId> reachable, RevisionId? preview, Func<RevisionId, string> addresses) =>
        [.. split.Shares.Select(share => addresses(share.Key))];

    public IReadOnlyList<string> ShowCommands() => router.ShowCommands();

    public IReadOnlyList<string> MaintenanceCommands(MaintenancePage? page) => router.MaintenanceCommands(page);

    public IReadOnlyList<string> TesterCommands(RevisionId revision) => router.TesterCommands(revision);
}
