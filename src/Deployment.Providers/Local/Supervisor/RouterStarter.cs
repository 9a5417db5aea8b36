using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Starts router processes: the number is written down before, the identity after. One that finds another router at its port takes over from it.</summary>
internal sealed class RouterStarter(StateFolder folder, StateStore store, HostCommand host, ILogger logger, TimeProvider timeProvider)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>Whether the router is of this supervisor's version.</summary>
    public bool IsCurrent(RouterState router) => router.Assembly == host.Assembly;

    /// <summary>Starts a router process for a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="retiring">Whether the present process goes on until the new one has taken over.</param>
    public RunningProcess Start(int port, bool retiring)
    {
        long spawn = store.Update(state =>
        {
            if (!state.Routers.TryGetValue(port, out RouterState? router))
            {
                state.Routers[port] = router = new RouterState();
            }

            router.Retiring.RemoveAll(other => !ProcessGroup.IsAlive(other.Process));
            if (retiring && router.Process is { } process)
            {
                router.Retiring.Add(new RetiringRouter(router.Spawn, process));
            }

            router.Spawn = state.NextSpawn++;
            router.Process = null;
            router.Assembly = host.Assembly;
            return router.Spawn;
        });
        RunningProcess started = RunningProcess.Start(
            host.Start(folder, spawn, folder.RouterLog(port), "router", folder.Path, port.ToString(CultureInfo.InvariantCulture)), timeProvider);
        store.Update(state => state.Routers[port].Process = started.Identity);
        ProcessLog.Started(logger, $"The router of port {port}", started.Identity.ProcessId);
        return started;
    }

    /// <summary>Waits until the router of a port follows a table.</summary>
    /// <param name="process">The process that must be it; null for whichever comes back.</param>
    /// <param name="table">The table.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DeploymentException">The process has ended, or it takes too long.</exception>
    public async Task FollowsAsync(RunningProcess? process, RouteTable table, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        string socket = folder.RouterSocket(table.Port);
        while (timeProvider.GetElapsedTime(begin) < StartLimit)
        {
            if (process?.Exit.IsCompleted == true)
            {
                throw new DeploymentException(await process.Exit == ExitCodes.PortInUse
                    ? $"Port {table.Port} of {table.Address} is in use by {PortOwner.Describe(table.Port) ?? "something that is gone by now"}, or this user may not listen there. Stop what listens, or take another port."
                    : $"The router of port {table.Port} ended with exit code {await process.Exit}. See {folder.RouterLog(table.Port)}.");
            }

            if (await RouterClient.StatusAsync(socket, table.Target, cancellationToken) is { } status && (process is null || status.ProcessId == process.Identity.ProcessId))
            {
                // It may have read the file just before the table was written.
                if (status.Table.Generation >= table.Generation || await RouterClient.SwitchAsync(socket, table, cancellationToken))
                {
                    return;
                }
            }

            await Task.Delay(Look, timeProvider, cancellationToken);
        }

        throw new DeploymentException($"The router of port {table.Port} does not follow table {table.Generation} after {StartLimit.TotalSeconds} s. See {folder.RouterLog(table.Port)}.");
    }
}
