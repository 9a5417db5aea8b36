using System.Collections.Concurrent;
using System.Collections.Immutable;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The router processes, one a public port, those of an earlier supervisor included.</summary>
internal sealed class RouterKeeper(StateFolder folder, StateStore store, RouterStarter starter, PortRouters routers, HeldSockets sockets, ILogger logger, TimeProvider timeProvider)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<int, KeptProcess> _kept = new();
    private readonly RouterWatch _watch = new(folder, routers, sockets, logger, timeProvider);
    private readonly PortTargets _targets = new(folder, store, sockets);
    private readonly Turns _turns = new();

    public bool IsKept(int port) => _kept.ContainsKey(port);

    /// <summary>Has the router of the table's port follow a table that is written already, and waits until it does. Starts the router when there is none.</summary>
    /// <exception cref="DeploymentException">It can't listen, refuses, or doesn't come up. A target that it was started for is forgotten then.</exception>
    public Task FollowAsync(RouteTable table, CancellationToken cancellationToken) => _turns.RunAsync(
        table.Port,
        async () =>
        {
            if (!IsKept(table.Port))
            {
                await StartAsync(table, cancellationToken);
                return;
            }

            RouterStatus? seen = await routers.PresentAsync(table, cancellationToken);
            if (await routers.NeedsSuccessorAsync(table, seen, cancellationToken))
            {
                await RenewNowAsync(table.Port);
                seen = await routers.PresentAsync(table, cancellationToken);
            }

            if (!await routers.HandAsync(table, seen, cancellationToken))
            {
                // It died just now. Whoever comes back reads the file, which has this table already, or is handed it.
                await starter.FollowsAsync(null, table, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>Hands the routers of the table's port a table that is written already. Nothing is started, and none is waited for: one that comes reads the file.</summary>
    public Task TellAsync(RouteTable table, CancellationToken cancellationToken) => _turns.RunAsync(table.Port, () => routers.HandAsync(table, cancellationToken), cancellationToken);

    /// <summary>Puts another process in the place of a port's router. The port accepts connections all the while, and none is lost.</summary>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Cancels until it begins; it is finished then, one way or the other.</param>
    /// <exception cref="DeploymentException">The new one does not come up. The old one goes on then.</exception>
    public Task RenewAsync(int port, CancellationToken cancellationToken) => _turns.RunAsync(port, () => RenewNowAsync(port), cancellationToken);

    /// <summary>Goes on with a router that an earlier supervisor started; starts it anew when it is gone. It is not spoken to yet.</summary>
    public async Task AdoptAsync(int port, RouterState router)
    {
        if (RouteTable.ReadAll(folder, port).Count == 0)
        {
            // The earlier supervisor died before it had made a table: nothing was ever routed.
            await _targets.ForgetAsync(port, [.. _targets.Of(port)]);
            return;
        }

        // Kept also when its process is gone, so that one that can't be started now is tried again later.
        Keep(port, RunningProcess.Adopt(router.Process ?? RunningProcess.None, timeProvider, CancellationToken.None));
        if (router.Process is { } process && ProcessGroup.IsAlive(process))
        {
            ProcessLog.Adopted(logger, $"The router of port {port}", process.ProcessId);
        }
    }

    /// <summary>Tells the adopted routers of a port what an earlier supervisor may have had no time for, and replaces one that is outdated. Nothing is done for a port whose router doesn't answer.</summary>
    public async Task CatchUpAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            await _turns.RunAsync(port, () => CatchUpNowAsync(port, cancellationToken), cancellationToken);
        }
        catch (Exception error) when (error is DeploymentException or IOException or UnauthorizedAccessException)
        {
            // It serves, and that is what counts.
            SupervisorLog.NotRenewed(logger, port, error);
        }
    }

    /// <summary>Serves a target no longer, and stops the router when it was the port's last. Nothing may be routed on the port meanwhile.</summary>
    public Task ReleaseAsync(string target, int port, CancellationToken cancellationToken) => _turns.RunAsync(
        port,
        async () =>
        {
            if (store.Current.Targets.GetValueOrDefault(target)?.Port != port)
            {
                return;
            }

            if (_targets.Of(port).Any(other => other != target))
            {
                _targets.Leave(port, target);
                await routers.RemoveAsync(port, target, cancellationToken);
                return;
            }

            await EndAsync(port, cancellationToken);
            await _targets.ForgetAsync(port, target);
        },
        cancellationToken);

    /// <summary>Lets all of them run on without this supervisor.</summary>
    public async Task LetGoAsync()
    {
        foreach (KeptProcess kept in _kept.Values)
        {
            await kept.LetGoAsync();
        }
    }

    private async Task CatchUpNowAsync(int port, CancellationToken cancellationToken)
    {
        if (!_kept.TryGetValue(port, out KeptProcess? kept) || !ProcessGroup.IsAlive(kept.Current.Identity))
        {
            return;
        }

        await sockets.TakeAsync(port, cancellationToken);
        bool outdated = store.Current.Routers.GetValueOrDefault(port) is { } router && !starter.IsCurrent(router);
        foreach (RouteTable table in RouteTable.ReadAll(folder, port))
        {
            // The earlier one may have died between writing the table and handing it over.
            RouterStatus? seen = await routers.PresentAsync(table, cancellationToken);
            outdated |= await routers.NeedsSuccessorAsync(table, seen, cancellationToken);
            if (!await routers.HandAsync(table, seen, cancellationToken))
            {
                // It starts just now and reads the files, or hangs and is replaced.
                return;
            }
        }

        if (outdated)
        {
            await RenewNowAsync(port);
        }
    }

    private async Task RenewNowAsync(int port)
    {
        if (!_kept.TryGetValue(port, out KeptProcess? old) || RouteTable.ReadAll(folder, port) is not [RouteTable table, ..])
        {
            throw new DeploymentException($"No router looks after port {port}.");
        }

        await old.LetGoAsync();
        RunningProcess? process = null;
        try
        {
            process = starter.Start(port, retiring: true);
            // Whoever waits for it may go, it is finished all the same: it may serve already, and ending it would break off what it has.
            await starter.FollowsAsync(process, table, CancellationToken.None);
        }
        catch (Exception failure)
        {
            await GoBackAsync(port, old, process);
            if (failure is DeploymentException && !old.Current.Exit.IsCompleted)
            {
                throw new DeploymentException($"{failure.Message} The router before it, process {old.Current.Identity.ProcessId}, goes on serving port {port}.", failure);
            }

            throw;
        }

        // From here on nothing goes back: once it is kept, the old one is told to retire.
        Keep(port, process);
        old.Dispose();
        // Until it has, it takes connections too, and may serve them as nobody wants any more: with TLS that was turned off, say.
        try
        {
            await routers.RetireAsync(port, process.Identity, CancellationToken.None);
        }
        catch (DeploymentException cannotEnd)
        {
            // The new one serves all the same.
            SupervisorLog.NotRetired(logger, port, old.Current.Identity.ProcessId, cannotEnd);
        }
    }

    // The old one wasn't told to retire, so it still listens.
    private async Task GoBackAsync(int port, KeptProcess old, RunningProcess? successor)
    {
        try
        {
            await (successor?.EndAsync(TimeSpan.Zero, CancellationToken.None) ?? Task.CompletedTask);
            Unretire(port, old.Current);
        }
        finally
        {
            Keep(port, old.Current);
            old.Dispose();
        }
    }

    private async Task StartAsync(RouteTable table, CancellationToken cancellationToken)
    {
        RunningProcess process = starter.Start(table.Port, retiring: false);
        try
        {
            await starter.FollowsAsync(process, table, cancellationToken);
            Keep(table.Port, process);
        }
        catch
        {
            await process.EndAsync(TimeSpan.Zero, CancellationToken.None);
            await _targets.ForgetAsync(table.Port, table.Target);
            throw;
        }

        await sockets.TakeAsync(table.Port, cancellationToken);
    }

    private void Keep(int port, RunningProcess process)
    {
        var kept = new KeptProcess($"The router of port {port}", process, _watch.Of(port, () => starter.Start(port, retiring: false)), logger, timeProvider);
        _kept[port] = kept;
        kept.Keep();
    }

    private void Unretire(int port, RunningProcess process)
    {
        if (ProcessGroup.IsAlive(process.Identity))
        {
            // The successor may have made its own control socket the port's.
            folder.PointRouterSocket(port, process.Identity.ProcessId);
        }

        store.Update(state =>
        {
            RouterState router = state.Routers[port];
            if (router.Retiring.Find(retiring => retiring.Process == process.Identity) is { } back)
            {
                router.Retiring.Remove(back);
                (router.Spawn, router.Process, router.Assembly) = (back.Spawn, back.Process, null);
            }
        });
    }

    private async Task EndAsync(int port, CancellationToken cancellationToken)
    {
        foreach (RetiringRouter retiring in routers.Retiring(port))
        {
            await ProcessGroup.EndAsync(retiring.Process, StopGrace, timeProvider, cancellationToken);
        }

        if (_kept.TryRemove(port, out KeptProcess? kept))
        {
            using (kept)
            {
                await kept.LetGoAsync();
                // Before the router goes, so that no connection is taken that nobody will answer.
                await sockets.DropAsync(port);
                await kept.StopAsync(StopGrace, cancellationToken);
            }
        }
        else if (store.Current.Routers.GetValueOrDefault(port)?.Process is { } process)
        {
            await ProcessGroup.EndAsync(process, StopGrace, timeProvider, cancellationToken);
        }

        await sockets.DropAsync(port);
        await ReleasedAsync(port, cancellationToken);
    }

    // A process counts as ended when its first thread has; the last one to go closes the port, a moment later.
    private async Task ReleasedAsync(int port, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        while (PortOwner.Describe(port) is not null && timeProvider.GetElapsedTime(begin) < StopGrace)
        {
            await Task.Delay(Look, timeProvider, cancellationToken);
        }
    }
}
