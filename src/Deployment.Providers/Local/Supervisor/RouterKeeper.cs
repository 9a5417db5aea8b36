using System.Collections.Concurrent;
using System.Collections.Immutable;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The router processes, one a public port, those of an earlier supervisor included.</summary>
internal sealed class RouterKeeper(StateFolder folder, StateStore store, RouterStarter starter, HeldSockets sockets, ILogger logger, TimeProvider timeProvider)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<int, KeptProcess> _kept = new();
    private readonly RouterWatch _watch = new(folder, sockets, logger, timeProvider);

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

            if (await NeedsSuccessorAsync(table, cancellationToken))
            {
                await RenewNowAsync(table.Port, cancellationToken);
            }

            if (!await HandAsync(table, cancellationToken))
            {
                // It died just now. Whoever comes back reads the file, which has this table already, or is handed it.
                await starter.FollowsAsync(null, table, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>Hands the routers of the table's port a table that is written already. Nothing is started, and none is waited for: one that comes reads the file.</summary>
    public Task TellAsync(RouteTable table, CancellationToken cancellationToken) => _turns.RunAsync(table.Port, () => HandAsync(table, cancellationToken), cancellationToken);

    /// <summary>Puts another process in the place of a port's router. The port accepts connections all the while, and none is lost.</summary>
    /// <exception cref="DeploymentException">The new one does not come up. The old one goes on then.</exception>
    public Task RenewAsync(int port, CancellationToken cancellationToken) => _turns.RunAsync(port, () => RenewNowAsync(port, cancellationToken), cancellationToken);

    /// <summary>Goes on with a router that an earlier supervisor started; starts it anew when it is gone.</summary>
    public async Task AdoptAsync(int port, RouterState router, CancellationToken cancellationToken)
    {
        if (RouteTable.ReadAll(folder, port) is not { Count: > 0 } tables)
        {
            // The earlier supervisor died before it had made a table: nothing was ever routed.
            await ForgetAsync(port);
            return;
        }

        // Kept also when its process is gone, so that one that can't be started now is tried again later.
        Keep(port, RunningProcess.Adopt(router.Process ?? RunningProcess.None, timeProvider, CancellationToken.None));
        if (router.Process is not { } process || !ProcessGroup.IsAlive(process))
        {
            return;
        }

        ProcessLog.Adopted(logger, $"The router of port {port}", process.ProcessId);
        await sockets.TakeAsync(port, cancellationToken);
        bool outdated = !starter.IsCurrent(router);
        foreach (RouteTable table in tables)
        {
            // The earlier one may have died between writing the table and handing it over.
            outdated |= await NeedsSuccessorAsync(table, cancellationToken);
            await HandAsync(folder.RouterSocket(port), table, cancellationToken);
        }

        if (outdated)
        {
            await RenewOutdatedAsync(port, cancellationToken);
        }
    }

    /// <summary>Serves a target no longer, and stops the router when it was the port's last.</summary>
    public async Task ReleaseAsync(string target, CancellationToken cancellationToken)
    {
        if (store.Current.Targets.GetValueOrDefault(target)?.Port is not { } port)
        {
            return;
        }

        await _turns.RunAsync(
            port,
            async () =>
            {
                RouteTables.Delete(folder, port, target);
                store.Update(state => Leave(state, target));
                if (store.Current.Targets.Values.Any(other => other.Port == port))
                {
                    await RouterClient.RemoveAsync(folder.RouterSocket(port), target, cancellationToken);
                    return;
                }

                await EndAsync(port, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Requests in flight on revisions without a share, on all routers of the port; null when the present one doesn't answer.</summary>
    public async Task<Dictionary<string, long>?> DrainingAsync(RouteTable table, CancellationToken cancellationToken)
    {
        if (await RouterClient.StatusAsync(folder.RouterSocket(table.Port), table.Target, cancellationToken) is not { } present)
        {
            return null;
        }

        Dictionary<string, long> left = present.Draining().ToDictionary(StringComparer.Ordinal);
        foreach (RetiringRouter retiring in Retiring(table.Port))
        {
            RouterStatus? status = await RouterClient.StatusAsync(folder.RouterOwnSocket(table.Port, retiring.Process.ProcessId), table.Target, cancellationToken);
            foreach ((string revision, long requests) in status?.Draining() ?? ImmutableSortedDictionary<string, long>.Empty)
            {
                left[revision] = left.GetValueOrDefault(revision) + requests;
            }
        }

        return left;
    }

    /// <summary>The deadline of a drain has passed.</summary>
    public async Task OverdueAsync(RouteTable table, bool cut, CancellationToken cancellationToken)
    {
        string[] sockets = [folder.RouterSocket(table.Port), .. Retiring(table.Port).Select(retiring => folder.RouterOwnSocket(table.Port, retiring.Process.ProcessId))];
        foreach (string socket in sockets)
        {
            await RouterClient.OverdueAsync(socket, table.Target, cut, cancellationToken);
        }
    }

    /// <summary>Lets all of them run on without this supervisor.</summary>
    public async Task LetGoAsync()
    {
        foreach (KeptProcess kept in _kept.Values)
        {
            await kept.LetGoAsync();
        }
    }

    // False when the present one doesn't answer.
    private async Task<bool> HandAsync(RouteTable table, CancellationToken cancellationToken)
    {
        foreach (RetiringRouter retiring in Retiring(table.Port))
        {
            // Its connections may bring another request before they are closed.
            await HandAsync(folder.RouterOwnSocket(table.Port, retiring.Process.ProcessId), table, cancellationToken);
        }

        return await HandAsync(folder.RouterSocket(table.Port), table, cancellationToken);
    }

    private static async Task<bool> HandAsync(string socket, RouteTable table, CancellationToken cancellationToken)
    {
        // What a router can't change any more is its successor's business.
        RouterStatus? status = await RouterClient.StatusAsync(socket, table.Target, cancellationToken);
        return await RouterClient.SwitchAsync(socket, status?.Table.Keeps(table) == false ? table with { Router = status.Table.Router } : table, cancellationToken);
    }

    private async Task RenewNowAsync(int port, CancellationToken cancellationToken)
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
            await starter.FollowsAsync(process, table, cancellationToken);
        }
        catch (Exception failure)
        {
            await (process?.EndAsync(TimeSpan.Zero, CancellationToken.None) ?? Task.CompletedTask);
            Unretire(port, old.Current);
            Keep(port, old.Current);
            old.Dispose();
            if (failure is DeploymentException && !old.Current.Exit.IsCompleted)
            {
                throw new DeploymentException($"{failure.Message} The router before it, process {old.Current.Identity.ProcessId}, goes on serving port {port}.", failure);
            }

            throw;
        }

        Keep(port, process);
        old.Dispose();
    }

    // What clients see can't all be changed while a router runs.
    private async Task<bool> NeedsSuccessorAsync(RouteTable table, CancellationToken cancellationToken) =>
        await RouterClient.StatusAsync(folder.RouterSocket(table.Port), table.Target, cancellationToken) is { } status && !status.Table.Keeps(table);

    private static void Leave(SupervisorState state, string target)
    {
        if (state.Targets.GetValueOrDefault(target) is { } present)
        {
            present.Port = null;
            if (present.Revisions.Count == 0)
            {
                state.Targets.Remove(target);
            }
        }
    }

    private IEnumerable<RetiringRouter> Retiring(int port) =>
        store.Current.Routers.GetValueOrDefault(port)?.Retiring.Where(retiring => ProcessGroup.IsAlive(retiring.Process)) ?? [];

    private async Task RenewOutdatedAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            await RenewAsync(port, cancellationToken);
        }
        catch (DeploymentException error)
        {
            // It serves, and that is what counts.
            SupervisorLog.NotRenewed(logger, port, error);
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
            RouteTables.Delete(folder, table.Port, table.Target);
            store.Update(state => Leave(state, table.Target));
            await ForgetAsync(table.Port);
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

    private void Unretire(int port, RunningProcess process) => store.Update(state =>
    {
        RouterState router = state.Routers[port];
        if (router.Retiring.Find(retiring => retiring.Process == process.Identity) is { } back)
        {
            router.Retiring.Remove(back);
            (router.Spawn, router.Process, router.Assembly) = (back.Spawn, back.Process, null);
        }
    });

    private async Task EndAsync(int port, CancellationToken cancellationToken)
    {
        foreach (RetiringRouter retiring in Retiring(port))
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
        await ForgetAsync(port);
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

    private async Task ForgetAsync(int port)
    {
        await sockets.DropAsync(port);
        store.Update(state =>
        {
            state.Routers.Remove(port);
            foreach (string target in state.Targets.Where(entry => entry.Value.Port == port).Select(entry => entry.Key).ToArray())
            {
                Leave(state, target);
            }
        });
        if (Directory.Exists(folder.RouterTables(port)))
        {
            Directory.Delete(folder.RouterTables(port), recursive: true);
        }

        File.Delete(folder.RouterSocket(port));
        foreach (string left in folder.LeftSockets(port))
        {
            File.Delete(left);
        }
    }
}
