using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Routing;

/// <summary>
/// What a target has from an <see cref="ITrafficRouter"/> in front of it, for providers: the target adds <see cref="Verbs"/> to its own and offers
/// <see cref="Capability{T}"/> besides its own.
/// </summary>
public sealed class RoutedTraffic
{
    private readonly Func<RevisionId, EffectContext, CancellationToken, Task<IReadOnlyList<RoutedInstance>>> _instances;
    private readonly Func<IReadOnlySet<RevisionId>, EffectContext, CancellationToken, Task>? _serving;
    private readonly Func<IReadOnlyList<RevisionId>, ServingCommands>? _servingCommands;
    private readonly RoutedCapabilities _capabilities;
    private readonly RoutingVerb _route;
    private readonly RoutingMaintenanceVerb _maintenance;

    /// <summary>Creates the verbs.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="router">What routes its traffic.</param>
    /// <param name="instances">Finds the running instances of a revision that stands; an exception says why there are none.</param>
    /// <param name="addressCommand">A line for a POSIX shell that prints the same, <c>HOST:PORT</c> a line. Pure: it is called while planning.</param>
    /// <param name="serving">
    /// Told which revisions have traffic, or had it and still finish: before a switch those of both splits, after it those of the new one. The target keeps
    /// these running. Null for nothing.
    /// </param>
    /// <param name="servingCommands">Lines for a POSIX shell that do the same for revisions that get the traffic. Pure: it is called while planning. Null for none.</param>
    public RoutedTraffic(
        string target,
        ITrafficRouter router,
        Func<RevisionId, EffectContext, CancellationToken, Task<IReadOnlyList<RoutedInstance>>> instances,
        Func<RevisionId, string> addressCommand,
        Func<IReadOnlySet<RevisionId>, EffectContext, CancellationToken, Task>? serving = null,
        Func<IReadOnlyList<RevisionId>, ServingCommands>? servingCommands = null)
    {
        ArgumentNullException.ThrowIfNull(router);
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(addressCommand);
        Target = Naming.Check("target", target);
        Router = router;
        AddressCommand = addressCommand;
        _instances = instances;
        _serving = serving;
        _servingCommands = servingCommands;
        _capabilities = new RoutedCapabilities(this);
        _route = new RoutingVerb(this);
        _maintenance = new RoutingMaintenanceVerb(this);
        Verbs = [_route, _maintenance];
    }

    /// <summary>The verbs.</summary>
    public IReadOnlyList<Verb> Verbs { get; }

    internal string Target { get; }

    internal ITrafficRouter Router { get; }

    internal Func<RevisionId, string> AddressCommand { get; }

    /// <summary>
    /// <see cref="ISplitTraffic"/>; <see cref="IRouteTesters"/>, <see cref="IPreviewRevisions"/> and <see cref="Analysis.IMetricSource"/> where the router does
    /// that; null for everything else.
    /// </summary>
    public T? Capability<T>()
        where T : class =>
        typeof(T) == typeof(Analysis.IMetricSource) ? Router as T
        : typeof(T) == typeof(ISplitTraffic) || (typeof(T) == typeof(IRouteTesters) && Router.TakesTesters) || (typeof(T) == typeof(IPreviewRevisions) && Router.PreviewAddress is not null) ? _capabilities as T
        : null;

    /// <summary>What <see cref="ISplitTraffic.Route"/> makes.</summary>
    public Operation Route(TrafficSplit split) => _route.Of(Target, new RoutingArguments(split));

    /// <summary>What <see cref="IRouteTesters.RouteTesters"/> makes.</summary>
    public Operation RouteTesters(RevisionId revision, TrafficSplit users) => _route.Of(Target, new RoutingArguments(users) { Testers = revision });

    /// <summary>What <see cref="IPreviewRevisions.Preview"/> makes.</summary>
    public Operation Preview(RevisionId? revision, TrafficSplit users) => _route.Of(Target, new RoutingArguments(users) { Preview = revision });

    /// <summary>Answers every request with a page from then on, whatever is routed meanwhile. For a step of one's own.</summary>
    public Operation StartMaintenance(MaintenancePage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return _maintenance.Of(Target, new RoutingMaintenanceArguments(page));
    }

    /// <summary>Serves the revisions again after <see cref="StartMaintenance"/>.</summary>
    public Operation EndMaintenance() => _maintenance.Of(Target, new RoutingMaintenanceArguments(null));

    internal Task<IReadOnlyList<RoutedInstance>> InstancesAsync(RevisionId revision, EffectContext context, CancellationToken cancellationToken) => _instances(revision, context, cancellationToken);

    internal ServingCommands CommandsOf(TrafficSplit split) => _servingCommands?.Invoke([.. split.Shares.Select(share => share.Key)]) ?? new ServingCommands([], []);

    internal Task ServingAsync(IEnumerable<TrafficSplit> splits, EffectContext context, CancellationToken cancellationToken) =>
        _serving?.Invoke(splits.SelectMany(split => split.Shares).Select(share => share.Key).ToHashSet(), context, cancellationToken) ?? Task.CompletedTask;
}
