using Deployment.Providers.Docker.Containers;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>Which slots a router sends requests to, while they are filled and emptied: requests are spread evenly over them.</summary>
internal sealed class SlotTraffic(DockerOperations docker, ITrafficRouter? router)
{
    /// <summary>The slots that the router sends requests to; null where there is no router.</summary>
    public async Task<SlotTable?> ServingAsync(CancellationToken cancellationToken) =>
        router is null ? null : (await router.ReadAsync(cancellationToken)).Table.Slots;

    /// <summary>Sends requests to these slots alone, and returns when nothing is in flight at others.</summary>
    public async Task ApplyAsync(SlotTable slots, EffectContext context, CancellationToken cancellationToken)
    {
        if (router is null)
        {
            return;
        }

        IReadOnlyList<Container> seen = await docker.LookAsync(context, cancellationToken);
        List<RoutedRevision> revisions = [];
        foreach (RevisionId revision in slots.Revisions)
        {
            RoutedInstance[] instances = [.. slots.Of(revision).Select(slot => InstanceOf(seen, revision, slot))];
            revisions.Add(new RoutedRevision(revision, instances.Length, instances));
        }

        await router.ApplyAsync(new RoutingTable(revisions), context, cancellationToken);
    }

    /// <summary>The running instances of a revision.</summary>
    /// <exception cref="DeploymentException">None runs.</exception>
    public async Task<IReadOnlyList<RoutedInstance>> InstancesAsync(RevisionId revision, EffectContext context, CancellationToken cancellationToken)
    {
        RoutedInstance[] instances = [.. (await docker.LookAsync(context, cancellationToken))
            .Where(container => container.Revision == revision && container is { Runs: true, Port: not null })
            .DistinctBy(container => container.Slot)
            .OrderBy(container => container.Slot.Length).ThenBy(container => container.Slot, StringComparer.Ordinal)
            .Select(Of)];
        if (instances.Length > 0 && instances.Length < docker.Slots.Length)
        {
            context.Report($"Only {instances.Length} of {docker.Slots.Length} containers of {revision} run on {docker.Target}; they are routed to.");
        }

        return instances.Length > 0 ? instances : throw new DeploymentException($"No container of {revision} runs on {docker.Target}, so nothing can be routed to it. Install it first.");
    }

    private RoutedInstance InstanceOf(IReadOnlyList<Container> seen, RevisionId revision, string slot) =>
        seen.FirstOrDefault(container => container.Revision == revision && container.Slot == slot && container is { Runs: true, Port: not null }) is { } container
            ? Of(container)
            : throw new DeploymentException($"No container of {revision} runs in slot {slot} of {docker.Target}, so nothing can be routed to it.");

    private static RoutedInstance Of(Container container) => new(container.Slot, container.Host.Address, container.Port!.Value);
}
