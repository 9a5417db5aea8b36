using System.Collections.Concurrent;
using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>
/// Looks after each kept router. Once it serves, those before it are told to retire, and its listening socket is held; that is let go of
/// when routers end again and again before they serve, since a connection that is refused tells a client more than one that nobody answers.
/// A router that hangs is of no more use.
/// </summary>
internal sealed class RouterWatch(StateFolder folder, PortRouters routers, HeldSockets sockets, ILogger logger, TimeProvider timeProvider)
{
    // Together some 30 seconds: a machine that is short of memory may stop a router for long.
    private const int Patience = 3;
    private static readonly TimeSpan SickLook = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    // A router is the only way in, and a start costs little.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // How many processes of a port's router in a row ended without having served.
    private readonly ConcurrentDictionary<int, int> _silent = new();

    // The process of a port that was last seen to serve.
    private readonly ConcurrentDictionary<int, CommandProcess> _served = new();

    /// <summary>How a router is kept.</summary>
    public Keeping Of(int port, Func<RunningProcess> start) => new()
    {
        Start = _ => Task.FromResult(start()),
        Beside = (process, ended) => HoldAsync(port, process, ended),
        Sick = (process, ended) => SickAsync(port, process, ended),
        Ended = (_, _) => _ = EndedAsync(port),
        LongestPause = LongestPause,
    };

    private async Task HoldAsync(int port, RunningProcess process, CancellationToken ended)
    {
        while (!await ServesAsync(port, process, ended))
        {
            await Task.Delay(Look, timeProvider, ended);
        }

        _silent[port] = 0;
        _served[port] = process.Identity;
        await Task.WhenAll(routers.RetireAsync(port, process.Identity, ended), HoldSocketsAsync(port, ended));
    }

    private async Task HoldSocketsAsync(int port, CancellationToken ended)
    {
        while (!await sockets.RetakeAsync(port, ended))
        {
            await Task.Delay(Look, timeProvider, ended);
        }
    }

    // The port's control socket is its own, so it accepts connections and is whom everybody asks.
    private async Task<bool> ServesAsync(int port, RunningProcess process, CancellationToken cancellationToken) =>
        RouteTable.ReadAll(folder, port) is [{ } table, ..]
        && await RouterClient.StatusAsync(folder.RouterSocket(port), table.Target, cancellationToken) is { } status
        && status.ProcessId == process.Identity.ProcessId;

    private async Task<string> SickAsync(int port, RunningProcess process, CancellationToken ended)
    {
        string own = folder.RouterOwnSocket(port, process.Identity.ProcessId);
        long begin = timeProvider.GetTimestamp();
        // One that hangs as soon as it serves has started all the same: it isn't given the time of a start once more.
        while (timeProvider.GetElapsedTime(begin) < StartLimit && _served.GetValueOrDefault(port) != process.Identity && !await RouterClient.AnswersAsync(own, ended))
        {
            await Task.Delay(Look, timeProvider, ended);
        }

        long answered = timeProvider.GetTimestamp();
        for (int failures = 0; failures < Patience;)
        {
            await Task.Delay(SickLook, timeProvider, ended);
            bool answers = await RouterClient.AnswersAsync(own, ended);
            failures = answers ? 0 : failures + 1;
            answered = answers ? timeProvider.GetTimestamp() : answered;
        }

        return string.Create(CultureInfo.InvariantCulture, $"has not answered for {timeProvider.GetElapsedTime(answered).TotalSeconds:0} s.");
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
