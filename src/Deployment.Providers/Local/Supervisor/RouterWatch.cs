using System.Collections.Concurrent;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>
/// Looks after the listening socket of each kept router: takes hold of it while the router lives, and lets go of it when routers end
/// again and again before they serve, since a connection that is refused tells a client more than one that nobody answers.
/// </summary>
internal sealed class RouterWatch(StateFolder folder, HeldSockets sockets, ILogger logger, TimeProvider timeProvider)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    // A router is the only way in, and a start costs little.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // How many processes of a port's router in a row ended without having served.
    private readonly ConcurrentDictionary<int, int> _silent = new();

    /// <summary>How a router is kept.</summary>
    public Keeping Of(int port, Func<RunningProcess> start) => new()
    {
        Start = _ => Task.FromResult(start()),
        Beside = (process, ended) => HoldAsync(port, process, ended),
        Ended = (_, _) => _ = EndedAsync(port),
        LongestPause = LongestPause,
    };

    private async Task HoldAsync(int port, RunningProcess process, CancellationToken ended)
    {
        // A control socket of its own, so it is this very process that answers.
        string own = folder.RouterOwnSocket(port, process.Identity.ProcessId);
        while (RouteTable.ReadAll(folder, port) is not [{ } table, ..] || await RouterClient.StatusAsync(own, table.Target, ended) is null)
        {
            await Task.Delay(Look, timeProvider, ended);
        }

        _silent[port] = 0;
        while (!await sockets.TakeAsync(port, ended))
        {
            await Task.Delay(Look, timeProvider, ended);
        }
    }

    private async Task EndedAsync(int port)
    {
        if (_silent.AddOrUpdate(port, 1, (_, before) => before + 1) >= KeptProcess.CrashLoop && sockets.Has(port))
        {
            SupervisorLog.NotHeld(logger, port, KeptProcess.CrashLoop);
            await sockets.DropAsync(port);
        }
    }
}
