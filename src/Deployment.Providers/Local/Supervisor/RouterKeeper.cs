using System.Collections.Concurrent;
using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The router processes, one a public port, those of an earlier supervisor included.</summary>
internal sealed class RouterKeeper(StateFolder folder, StateStore store, HostCommand host, ILogger logger, TimeProvider timeProvider)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<string, KeptProcess> _kept = new(StringComparer.Ordinal);

    public bool IsKept(string target) => _kept.ContainsKey(target);

    /// <summary>Starts the router of a target from its table file and waits until it follows the table.</summary>
    /// <exception cref="DeploymentException">It can't listen, or doesn't come up. It is ended and forgotten then.</exception>
    public async Task StartAsync(string target, RouteTable table, CancellationToken cancellationToken)
    {
        store.Update(state => state.Targets[target].Router = new RouterState { Port = table.Port });
        RunningProcess process = Start(target);
        try
        {
            await FollowsAsync(process, table, cancellationToken);
            Keep(target, process);
        }
        catch
        {
            await process.EndAsync(TimeSpan.Zero, CancellationToken.None);
            Forget(target, table.Port);
            throw;
        }
    }

    /// <summary>Hands a table to the running router and waits until it follows it, also when it must be started again for that.</summary>
    public async Task SwitchAsync(RouteTable table, CancellationToken cancellationToken)
    {
        if (!await RouterClient.SwitchAsync(folder, table, cancellationToken))
        {
            // It died just now. Whoever comes back reads the file, which has this table already.
            await FollowsAsync(null, table, cancellationToken);
        }
    }

    /// <summary>Goes on with a router that an earlier supervisor started; starts it anew when it is gone.</summary>
    public async Task AdoptAsync(string target, RouterState router, CancellationToken cancellationToken)
    {
        if (AtomicFile.Read(folder.RouterTable(router.Port), LocalJson.Default.RouteTable) is not { } table)
        {
            // The earlier supervisor died before it had made the table: nothing was ever routed.
            Forget(target, router.Port);
            return;
        }

        if (router.Process is { } process && ProcessGroup.IsAlive(process))
        {
            Keep(target, RunningProcess.Adopt(process, timeProvider, CancellationToken.None));
            ProcessLog.Adopted(logger, $"The router of port {router.Port}", process.ProcessId);
            // The earlier one may have died between writing the table and handing it over.
            await RouterClient.SwitchAsync(folder, table, cancellationToken);
            return;
        }

        // Kept from the process that is gone, so that one that can't be started now is tried again later.
        Keep(target, RunningProcess.Adopt(router.Process ?? RunningProcess.None, timeProvider, CancellationToken.None));
    }

    public async Task StopAsync(string target, CancellationToken cancellationToken)
    {
        if (store.Current.Targets.GetValueOrDefault(target)?.Router is not { } router)
        {
            return;
        }

        if (_kept.TryRemove(target, out KeptProcess? kept))
        {
            using (kept)
            {
                await kept.StopAsync(StopGrace, cancellationToken);
            }
        }
        else if (router.Process is { } process)
        {
            await ProcessGroup.EndAsync(process, StopGrace, timeProvider, cancellationToken);
        }

        await ReleasedAsync(router.Port, cancellationToken);
        Forget(target, router.Port);
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

    /// <summary>Lets all of them run on without this supervisor.</summary>
    public async Task LetGoAsync()
    {
        foreach (KeptProcess kept in _kept.Values)
        {
            await kept.LetGoAsync();
        }
    }

    private RunningProcess Start(string target)
    {
        (int port, long spawn) = store.Update(state =>
        {
            RouterState router = state.Targets[target].Router!;
            router.Spawn = state.NextSpawn++;
            router.Process = null;
            return (router.Port, router.Spawn);
        });
        RunningProcess process = RunningProcess.Start(
            host.Start(folder, spawn, folder.RouterLog(port), "router", folder.Path, port.ToString(CultureInfo.InvariantCulture)), timeProvider);
        store.Update(state => state.Targets[target].Router!.Process = process.Identity);
        ProcessLog.Started(logger, $"The router of port {port}", process.Identity.ProcessId);
        return process;
    }

    private void Keep(string target, RunningProcess process)
    {
        int port = store.Current.Targets[target].Router!.Port;
        var kept = new KeptProcess($"The router of port {port}", process, new Keeping { Start = _ => Task.FromResult(Start(target)) }, logger, timeProvider);
        _kept[target] = kept;
        kept.Keep();
    }

    private void Forget(string target, int port)
    {
        store.Update(state =>
        {
            if (state.Targets.GetValueOrDefault(target) is { } present)
            {
                present.Router = null;
                if (present.Revisions.Count == 0)
                {
                    state.Targets.Remove(target);
                }
            }
        });
        AtomicFile.Delete(folder.RouterTable(port));
        File.Delete(folder.RouterSocket(port));
    }

    private async Task FollowsAsync(RunningProcess? process, RouteTable table, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        while (timeProvider.GetElapsedTime(begin) < StartLimit)
        {
            if (process?.Exit.IsCompleted == true)
            {
                throw new DeploymentException(await process.Exit == ExitCodes.PortInUse
                    ? $"Port {table.Port} of {table.Address} is in use by {PortOwner.Describe(table.Port) ?? "something that is gone by now"}, or this user may not listen there. Stop what listens, or take another port."
                    : $"The router of port {table.Port} ended with exit code {await process.Exit}. See {folder.RouterLog(table.Port)}.");
            }

            if (await RouterClient.StatusAsync(folder, table.Port, cancellationToken) is { } status
                && status.Table.Generation >= table.Generation && (process is null || status.ProcessId == process.Identity.ProcessId))
            {
                return;
            }

            await Task.Delay(Look, timeProvider, cancellationToken);
        }

        throw new DeploymentException($"The router of port {table.Port} does not follow table {table.Generation} after {StartLimit.TotalSeconds} s. See {folder.RouterLog(table.Port)}.");
    }
}
