using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Speaks to all routers of a port: the present one, and those before it that finish what they have. They are asked side by side, so that one that hangs costs its time once.</summary>
internal sealed class PortRouters(StateFolder folder, StateStore store, ILogger logger, TimeProvider timeProvider)
{
    // A busy machine may stop a router for a while.
    private const int Tries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Those that still run, besides one.</summary>
    public IReadOnlyList<RetiringRouter> Retiring(int port, CommandProcess? besides = null) =>
        [.. store.Current.Routers.GetValueOrDefault(port)?.Retiring.Where(retiring => retiring.Process != besides && ProcessGroup.IsAlive(retiring.Process)) ?? []];

    /// <summary>Hands them a table. False when the present one doesn't answer.</summary>
    /// <exception cref="DeploymentException">The present one refuses it.</exception>
    public async Task<bool> HandAsync(RouteTable table, CancellationToken cancellationToken) =>
        await HandAsync(table, await PresentAsync(table, cancellationToken), cancellationToken);

    /// <inheritdoc cref="HandAsync(RouteTable, CancellationToken)"/>
    /// <param name="table">The table.</param>
    /// <param name="seen">What the present one said just now.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<bool> HandAsync(RouteTable table, RouterStatus? seen, CancellationToken cancellationToken)
    {
        Task<bool> present = RouterClient.SwitchAsync(folder.RouterSocket(table.Port), Fitting(table, seen), cancellationToken);
        // Their connections may bring another request before they are closed.
        await Task.WhenAll([present, .. Retiring(table.Port).Select(retiring => HandRetiringAsync(retiring, table, cancellationToken))]);
        return await present;
    }

    /// <summary>What the present one says of a table's target; null when it doesn't answer, or doesn't serve the target yet.</summary>
    public Task<RouterStatus?> PresentAsync(RouteTable table, CancellationToken cancellationToken) =>
        RouterClient.StatusAsync(folder.RouterSocket(table.Port), table.Target, cancellationToken);

    /// <summary>Whether a table has what clients see in another way, which the present one can't change while it runs, or previews where that one doesn't listen, and the next one can.</summary>
    /// <param name="table">The table.</param>
    /// <param name="seen">What the present one said just now of the table's target.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<bool> NeedsSuccessorAsync(RouteTable table, RouterStatus? seen, CancellationToken cancellationToken) =>
        seen?.Table.Keeps(table) == false
        || (table.Preview is not null && (seen ?? await RouterClient.StatusAsync(folder, table.Port, cancellationToken)) is { } present && PreviewPorts.Lacks(present, table));

    /// <summary>Requests in flight that a drain waits for, on all of them; null when one doesn't answer.</summary>
    /// <param name="table">The table of the target.</param>
    /// <param name="draining">Which of a router's requests those are, by what they are on.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Dictionary<string, long>?> DrainingAsync(RouteTable table, Func<RouterStatus, IReadOnlyDictionary<string, long>> draining, CancellationToken cancellationToken)
    {
        Task<RouterStatus?> present = RouterClient.StatusAsync(folder.RouterSocket(table.Port), table.Target, cancellationToken);
        IReadOnlyDictionary<string, long>?[] retiring = await Task.WhenAll(
            Retiring(table.Port).Select(router => RouterClient.DrainingAsync(Own(table.Port, router), table.Target, draining, cancellationToken)));
        if (await present is not { } status || retiring.Any(one => one is null))
        {
            return null;
        }

        Dictionary<string, long> left = draining(status).ToDictionary(StringComparer.Ordinal);
        foreach ((string revision, long requests) in retiring.SelectMany(one => one!))
        {
            left[revision] = left.GetValueOrDefault(revision) + requests;
        }

        return left;
    }

    /// <summary>The deadline of a drain has passed.</summary>
    public Task OverdueAsync(RouteTable table, bool cut, CancellationToken cancellationToken) =>
        Task.WhenAll(Sockets(table.Port).Select(socket => RouterClient.OverdueAsync(socket, table.Target, cut, cancellationToken)));

    /// <summary>Has none of them serve a target any longer.</summary>
    public Task RemoveAsync(int port, string target, CancellationToken cancellationToken) =>
        Task.WhenAll(Sockets(port).Select(socket => RouterClient.RemoveAsync(socket, target, cancellationToken)));

    /// <summary>Has all but one retire, now that this one serves. One that hangs is ended: it would go on with old tables one day.</summary>
    public Task RetireAsync(int port, CommandProcess present, CancellationToken cancellationToken) =>
        Task.WhenAll(Retiring(port, besides: present).Select(other => RetireAsync(port, other, cancellationToken)));

    private async Task RetireAsync(int port, RetiringRouter other, CancellationToken cancellationToken)
    {
        for (int tries = 0; ProcessGroup.IsAlive(other.Process) && !await RouterClient.RetireAsync(Own(port, other), cancellationToken);)
        {
            if (++tries == Tries)
            {
                SupervisorLog.DoesNotRetire(logger, port, other.Process.ProcessId);
                await ProcessGroup.EndAsync(other.Process, TimeSpan.Zero, timeProvider, cancellationToken);
                return;
            }

            await Task.Delay(Pause, timeProvider, cancellationToken);
        }
    }

    private async Task HandRetiringAsync(RetiringRouter retiring, RouteTable table, CancellationToken cancellationToken)
    {
        string socket = Own(table.Port, retiring);
        try
        {
            // What it never served is none of its business.
            if (await RouterClient.StatusAsync(socket, table.Target, cancellationToken) is { } status)
            {
                await RouterClient.SwitchAsync(socket, Fitting(table, status), cancellationToken);
            }
        }
        catch (DeploymentException refused)
        {
            // New connections go to the present one, so the switch is as good without it.
            SupervisorLog.RetiringRefuses(logger, table.Port, retiring.Process.ProcessId, refused);
        }
    }

    // What a router can't change any more is its successor's business.
    private static RouteTable Fitting(RouteTable table, RouterStatus? status) =>
        status?.Table.Keeps(table) == false ? table with { Router = status.Table.Router } : table;

    private string[] Sockets(int port) => [folder.RouterSocket(port), .. Retiring(port).Select(retiring => Own(port, retiring))];

    private string Own(int port, RetiringRouter router) => folder.RouterOwnSocket(port, router.Process.ProcessId);
}
