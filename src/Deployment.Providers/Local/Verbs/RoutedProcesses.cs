using System.Globalization;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;
using RouterState = Deployment.Routing.RouterState;

namespace Deployment.Providers.Local.Verbs;

/// <summary>The processes of a target as the router in front of them is told of them.</summary>
internal sealed class RoutedProcesses(LocalOperations local, ITrafficRouter router)
{
    private const int All = 100;

    public ITrafficRouter Router { get; } = router;

    /// <summary>A line that prints the addresses of a revision's running instances.</summary>
    public string AddressLine(RevisionId revision) => local.Lines.Get(SupervisorPaths.Addresses(local.Target, revision.ToString()));

    /// <summary>Lines that send all requests to a revision; null for none to any.</summary>
    public IReadOnlyList<string> Lines(RevisionId? revision) =>
        Router.RouteCommands(revision is null ? TrafficSplit.None : TrafficSplit.AllTo(revision), [], null, AddressLine);

    /// <summary>Looks what the router does, for a run that the router doesn't know to be overtaken.</summary>
    /// <exception cref="DeploymentException">It can't be reached, or follows a run with a higher epoch.</exception>
    public async Task<RoutingTable> ReadAsync(string application, EffectContext context, CancellationToken cancellationToken)
    {
        RouterState seen = await Router.ReadAsync(cancellationToken);
        Fence(application, seen.Epochs.GetValueOrDefault(application), context);
        return seen.Table;
    }

    /// <summary>The running instances of a revision that stands, for a run that the supervisor doesn't know to be overtaken.</summary>
    /// <exception cref="DeploymentException">None runs, or there was a run with a higher epoch.</exception>
    public IReadOnlyList<RoutedInstance> Of(RevisionId revision, EffectContext context)
    {
        // A newer run may have changed processes and no traffic yet: then the router would let the older one in.
        Fence(revision.Application, StateStore.Read(local.Folder)?.Epochs.GetValueOrDefault(revision.Application) ?? 0, context);
        if (local.Look()?.Revisions.GetValueOrDefault(revision.ToString()) is not { Installed: true } standing)
        {
            throw new DeploymentException($"{revision} doesn't stand on {local.Target}, so nothing can be routed to it. Install it first.");
        }

        InstanceStatus[] down = [.. standing.Instances.Where(instance => !instance.Running)];
        if (down.Length == standing.Instances.Length)
        {
            throw new DeploymentException($"No instance of {revision} runs on {local.Target}, so nothing can be routed to it. See {down.FirstOrDefault()?.Log ?? local.Folder.SupervisorLog}.");
        }

        foreach (InstanceStatus instance in down)
        {
            context.Report($"Instance {instance.Slot} of {revision} does not run at the moment, and {Router.Name} sends it nothing until the next switch. See {instance.Log}.");
        }

        return [.. standing.Instances.Except(down).Select(instance => new RoutedInstance(instance.Slot.ToString(CultureInfo.InvariantCulture), "127.0.0.1", instance.Port))];
    }

    /// <summary>Sends all requests to a revision, and returns when nothing is in flight on another.</summary>
    public Task SwitchAsync(RevisionId revision, EffectContext context, CancellationToken cancellationToken) =>
        Router.ApplyAsync(new RoutingTable([new RoutedRevision(revision, All, Of(revision, context))]), context, cancellationToken);

    /// <summary>Has the router forget a revision that has no share, so that no tester is sent to what is about to end.</summary>
    /// <exception cref="DeploymentException">It has a share.</exception>
    public async Task ForgetAsync(RevisionId revision, EffectContext context, CancellationToken cancellationToken)
    {
        RoutingTable table = await ReadAsync(revision.Application, context, cancellationToken);
        if (table.Revisions.FirstOrDefault(routed => routed.Revision == revision) is not { } known)
        {
            return;
        }

        if (known.Weight > 0)
        {
            throw new DeploymentException($"{revision} takes traffic on {local.Target}: {Router.Name} routes {table.Traffic}. Route its share elsewhere first.");
        }

        await Router.ApplyAsync(new RoutingTable(table.Revisions.Where(routed => routed != known), table.Preview == revision ? null : table.Preview), context, cancellationToken);
    }

    /// <summary>Null when the router itself says that all requests go to a revision; null for the revision means that it is to know none.</summary>
    public async Task<string?> VerifyAsync(RevisionId? revision, CancellationToken cancellationToken)
    {
        RouterState seen = await Router.ReadAsync(cancellationToken);
        bool follows = revision is null ? seen.Table.Revisions.Count == 0 : seen.Table.Traffic.Equals(TrafficSplit.AllTo(revision));
        return !follows ? $"{Router.Name} routes {seen.Table}." : seen.Problems.Count > 0 ? seen.Problems[0] : null;
    }

    private static void Fence(string application, long highest, EffectContext context)
    {
        if (highest > context.Epoch)
        {
            throw new DeploymentException(FormattableString.Invariant($"Epoch {context.Epoch} of {application} is over: a run with epoch {highest} has taken over. Nothing more is done for the older one."));
        }
    }
}
