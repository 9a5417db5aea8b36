using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>What a supervisor does first: it goes on with what an earlier one left.</summary>
internal sealed class Recovery(StateFolder folder, StateStore store, InstanceKeeper instances, RouterKeeper routers, Routes routes, Revisions revisions, SlotSweeper slots, Retention retention, ILogger logger, TimeProvider timeProvider)
{
    // A router that hangs must not keep deployers and all other targets waiting.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Keeps all that runs at once, and comes back when what was to end has ended. What routers must learn goes on after a while where one of them is slow.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ForgetOtherPlaces();
        FindUnwrittenRouters();
        await EndStraysAsync(cancellationToken);
        retention.Sweep();
        // Whatever has a grace to end in: all others are kept meanwhile.
        Task[] ending =
        [
            .. store.Current.Targets.Keys.Select(target => slots.RecoverAsync(target, cancellationToken)),
            .. store.Current.Targets.Select(entry => AdoptAsync(entry.Key, entry.Value, cancellationToken)),
        ];

        // The earlier one may have died between giving an instance another port and telling the router.
        await Task.WhenAll(store.Current.Targets.Keys.Select(target => routes.FollowInstancesAsync(target, cancellationToken)));
        foreach ((int port, RouterState router) in store.Current.Routers)
        {
            await routers.AdoptAsync(port, router);
        }

        Task all = Task.WhenAll(store.Current.Routers.Keys.Select(port => routers.CatchUpAsync(port, cancellationToken)));
        await Task.WhenAny(all, Task.Delay(Patience, timeProvider, cancellationToken));
        // Whoever deploys next finds ended what was to end.
        await Task.WhenAll(ending);
    }

    // Process ids of before a restart, or of another container that had this folder, mean nothing here.
    private void ForgetOtherPlaces() => store.Update(state =>
    {
        foreach (InstanceState instance in state.Instances().Where(instance => instance.Process?.Host != HostIdentity.Current))
        {
            instance.Process = null;
        }

        foreach (RouterState router in state.Routers.Values)
        {
            if (router.Process is { } process && process.Host != HostIdentity.Current)
            {
                router.Process = null;
            }

            // Each for itself: while a router is being replaced none is written down but the one that serves.
            router.Retiring.RemoveAll(retiring => retiring.Process.Host != HostIdentity.Current);
        }
    });

    // A router that was started and not yet written down may serve by now, alone.
    private void FindUnwrittenRouters()
    {
        foreach ((int port, RouterState router) in store.Current.Routers.Where(entry => entry.Value.Process is null))
        {
            if (SpawnMark.Find(folder, router.Spawn) is { } process)
            {
                store.Update(state => state.Routers[port].Process = process);
            }
        }
    }

    // Processes that were started and not yet written down when the earlier supervisor died.
    private async Task EndStraysAsync(CancellationToken cancellationToken)
    {
        SupervisorState state = store.Current;
        HashSet<long> known =
        [
            .. state.Instances().Where(instance => instance.Process is not null).Select(instance => instance.Spawn),
            .. state.Routers.Values.Where(router => router.Process is not null).Select(router => router.Spawn),
            .. state.Routers.Values.SelectMany(router => router.Retiring).Select(retiring => retiring.Spawn),
        ];
        foreach (CommandProcess stray in SpawnMark.Strays(folder, known))
        {
            ProcessLog.Stray(logger, stray.ProcessId);
            await ProcessGroup.EndAsync(stray, TimeSpan.Zero, timeProvider, cancellationToken);
        }
    }

    /// <summary>Comes back when what must end there has ended; what has a port is kept before that, whatever must end beside it.</summary>
    private async Task AdoptAsync(string target, TargetState present, CancellationToken cancellationToken)
    {
        List<Task> ending = [];
        // Workers that are not to run are ended before others start.
        foreach ((string revision, RevisionState standing) in present.Revisions.OrderBy(entry => entry.Key == present.Duty).Where(entry => !SlotSweeper.Sweeps(present, entry.Value)))
        {
            await AdoptAsync(target, revision, standing, ending, cancellationToken);
        }

        await Task.WhenAll(ending);
    }

    private async Task AdoptAsync(string target, string revision, RevisionState standing, List<Task> ending, CancellationToken cancellationToken)
    {
        if (standing is { Installed: true, Request.Worker: not null } && store.Current.Targets[target].Duty != revision)
        {
            // A switch was broken off: the revision that is on duty goes on, alone.
            await revisions.StopWorkersAsync(target, revision, cancellationToken);
            return;
        }

        if (!standing.Installed && RouteTables.Read(folder, store.Current, target)?.Revisions.ContainsKey(revision) != true)
        {
            SupervisorLog.BrokenOff(logger, revision, target);
            Task broken = revisions.EndAsync(target, revision, TimeSpan.FromSeconds(standing.Request.StopSeconds), cancellationToken);
            if (standing.Request.Worker is null)
            {
                ending.Add(broken);
                return;
            }

            await broken;
            return;
        }

        if (standing.Request.Worker is not null)
        {
            // Also those that had been ended for others whose start was broken off.
            revisions.BringBack(target, revision);
            return;
        }

        foreach (InstanceState instance in standing.Instances.Where(instance => instance.Rotation != Rotation.Out))
        {
            instances.Adopt(new InstanceKey(target, revision, instance.Slot), instance);
        }
    }
}
