using System.Collections.Immutable;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Verbs;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Providers.Local;

/// <summary>
/// Runs releases as supervised processes of this machine, several revisions side by side, behind a router of another kind: each instance keeps its port
/// of 127.0.0.1 for as long as its revision stands. The processes outlive the deployer. Make one with <see cref="LocalTarget.Behind"/>.
/// </summary>
public sealed class LocalInstances : DeploymentTarget, IHostRevisions, IUpdateInPlace, IReachRevisions
{
    private readonly string _currentFolder = Path.GetFullPath(".");
    private readonly LocalInstancesOptions _options;
    private readonly LocalOperations _local;
    private readonly ITrafficRouter _router;
    private readonly RoutedTraffic _traffic;
    private readonly InstallVerb _install;
    private readonly RoutedRemoveVerb _remove;
    private readonly RoutedUpdateVerb _update;
    private readonly RoutedClearVerb _clear;
    private readonly Lazy<IReadOnlyList<Prerequisite>> _prerequisites;

    internal LocalInstances(ITrafficRouter router, string name, LocalInstancesOptions options)
        : base(name)
    {
        _options = options;
        _router = router;
        Host = new LocalHost(options.StateFolder);
        _local = new LocalOperations(name, new StateFolder(Host.StateFolder), new LocalTargetOptions(), 0);
        var routed = new RoutedProcesses(_local, router);
        _traffic = new RoutedTraffic(name, router, (revision, context, _) => Task.FromResult(routed.Of(revision, context)), routed.AddressLine);
        _install = new InstallVerb(_local);
        _remove = new RoutedRemoveVerb(_local, routed);
        _update = new RoutedUpdateVerb(_local, routed);
        _clear = new RoutedClearVerb(_local, routed);
        Verbs = [_install, _remove, _update, _clear, .. _traffic.Verbs];
        _prerequisites = new Lazy<IReadOnlyList<Prerequisite>>(() => [.. new ByHand(_local.Folder, _local.Lines).Prerequisites(), .. router.Prerequisites]);
    }

    /// <summary>What runs under this target's state folder.</summary>
    public LocalHost Host { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Verb> Verbs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Prerequisite> Prerequisites => _prerequisites.Value;

    /// <inheritdoc/>
    public override async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        RouterState routed = await _router.ReadAsync(cancellationToken);
        Observation seen = LocalObservation.Of(Name, _local.RequestOf(TrafficSplit.None), _local.Folder, _options);
        return seen with
        {
            Traffic = routed.Table.Traffic,
            Slots = routed.Table.Slots,
            Epochs = Highest(seen.Epochs, routed.Epochs),
            Problems = [.. seen.Problems, .. routed.Problems],
        };
    }

    /// <summary>The capability: what the router does, besides this target's own.</summary>
    public override T? Capability<T>(Observation seen)
        where T : class => _traffic.Capability<T>() ?? base.Capability<T>(seen);

    /// <inheritdoc/>
    public override string? Refuses(Artifact artifact) => LocalTarget.RefusalOf(Name, artifact);

    /// <inheritdoc/>
    public Operation Install(Revision revision) => _install.Of(Name, InstallArguments.Of(revision, _options, _currentFolder));

    /// <inheritdoc/>
    public Operation Remove(RevisionId revision) => _remove.Of(Name, new RemoveArguments(revision));

    /// <inheritdoc/>
    public Operation Update(Revision revision) => _update.Of(Name, InstallArguments.Of(revision, _options, _currentFolder));

    /// <inheritdoc/>
    public Operation Clear(RevisionId installed) => _clear.Of(Name, new RemoveArguments(installed));

    /// <summary>Answers every request with a page from then on, whatever is routed meanwhile. For a step of one's own.</summary>
    public Operation StartMaintenance(MaintenancePage page) => _traffic.StartMaintenance(page);

    /// <summary>Serves the revisions again after <see cref="StartMaintenance"/>.</summary>
    public Operation EndMaintenance() => _traffic.EndMaintenance();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Uri>> AddressesAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        Observation seen = await ObserveAsync(cancellationToken);
        return seen.Revisions.FirstOrDefault(standing => standing.Id == revision)?.Addresses
            ?? throw new DeploymentException($"{revision} doesn't stand on {Name}. Install it first.");
    }

    /// <inheritdoc/>
    public string AddressLookup(RevisionId revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        return $"ADDRESS=$({_local.Lines.Get(SupervisorPaths.Address(Name, revision.ToString()))})";
    }

    // The supervisor and the router each count the runs that changed them; a run must be newer than both.
    private static ImmutableSortedDictionary<string, long> Highest(IReadOnlyDictionary<string, long> ofProcesses, IReadOnlyDictionary<string, long> ofRouter) => ofProcesses
        .Concat(ofRouter)
        .GroupBy(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(application => application.Key, application => application.Max(), StringComparer.Ordinal);
}
