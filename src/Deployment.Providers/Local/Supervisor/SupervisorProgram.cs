using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Packages;
using Deployment.Providers.Local.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The process that looks after a state folder. Killing it harms nothing: what it started runs on, and the next one adopts it.</summary>
internal static class SupervisorProgram
{
    // Never disposed of: the system lets go of the lock when the process ends, however it ends. Whoever gets it knows that this one is gone.
    private static FileStream? _lock;

    public static async Task<int> RunAsync(StateFolder folder, CancellationToken cancellationToken)
    {
        StateFolder.Create(folder.Path);
        _lock = TryLock(folder);
        if (_lock is null)
        {
            return ExitCodes.AnotherHoldsTheLock;
        }

        using var log = new FileLoggerProvider(folder.SupervisorLog, TimeProvider.System);
        ILogger logger = log.CreateLogger("Supervisor");
        SupervisorLog.Running(logger, Environment.ProcessId, folder.Path);
        await ServeAsync(folder, log, logger, cancellationToken);
        return 0;
    }

    private static FileStream? TryLock(StateFolder folder)
    {
        try
        {
            return new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task ServeAsync(StateFolder folder, FileLoggerProvider log, ILogger logger, CancellationToken cancellationToken)
    {
        TimeProvider time = TimeProvider.System;
        var store = new StateStore(folder);
        CleanCopies(folder, logger, time);
        Cgroups cgroups = FindCgroups(folder, store, logger);
        var secrets = new SecretFiles(folder);
        var starter = new InstanceStarter(folder, store, secrets, cgroups, logger, time);
        var workers = new WorkerHealth(folder, store, secrets, starter, new CommandRunner(time), logger, time);
        var sockets = new HeldSockets(folder);
        var present = new PortRouters(folder, store, logger, time);
        var routers = new RouterKeeper(folder, store, new RouterStarter(folder, store, HostCommand.OfThisProcess(), logger, time), present, sockets, logger, time);
        var routes = new Routes(folder, store, routers, present, logger, time);
        var instances = new InstanceKeeper(folder, store, starter, workers, routes.FollowInstancesAsync, secrets, logger, time);
        var releases = new ReleaseFolders(folder);
        var retention = new Retention(folder, store, releases);
        var revisions = new Revisions(folder, store, instances, starter, secrets, releases, retention);
        var duties = new Duties(store, revisions, logger);
        var sweeper = new SlotSweeper(store, revisions, instances, secrets);
        var slots = new Slots(store, revisions, routes, instances, starter, sweeper, logger);
        await new Recovery(folder, store, instances, routers, routes, revisions, sweeper, retention, logger, time).RunAsync(cancellationToken);

        var epochs = new Epochs(store);
        await using WebApplication app = SlimServer.Create(log, kestrel => kestrel.ListenPrivately(folder.SupervisorSocket)).Build();
        new SupervisorApi(folder, store, epochs, revisions, slots, duties, routes, routers, sockets, secrets, LeaveAsync).Map(app);
        await app.StartAsync(cancellationToken);
        SlimServer.CloseToOthers(folder.SupervisorSocket);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task rotating = new LogKeeper(folder, store, logger, time).RunAsync(end.Token);
        await app.WaitForShutdownAsync(cancellationToken);
        await end.CancelAsync();
        await rotating;
        await instances.LetGoAsync();
        await routers.LetGoAsync();
        cgroups.Clean();

        async Task LeaveAsync(bool stop)
        {
            SupervisorLog.Ending(logger, Environment.ProcessId, stop ? "ends with it" : "runs on");
            await epochs.CloseAsync(breakOff: stop);
            try
            {
                await (stop ? new Shutdown(store, revisions, routes, secrets).RunAsync(cancellationToken) : Task.CompletedTask);
            }
            finally
            {
                // It admits nobody any more: what it could not end is the next one's, who needs the lock.
                app.Lifetime.StopApplication();
            }
        }
    }

    private static Cgroups FindCgroups(StateFolder folder, StateStore store, ILogger logger)
    {
        Cgroups cgroups = Cgroups.Find(folder);
        cgroups.Clean();
        if (cgroups.Problem is { } problem)
        {
            SupervisorLog.NoLimits(logger, problem);
        }

        store.Update(state => state.LimitsProblem = cgroups.Problem);
        return cgroups;
    }

    private static void CleanCopies(StateFolder folder, ILogger logger, TimeProvider time)
    {
        string own = Path.GetDirectoryName(typeof(SupervisorProgram).Assembly.Location)!;
        if (Path.GetDirectoryName(own) != folder.Hosts)
        {
            // Started by hand from another place.
            return;
        }

        try
        {
            HostCopies.Point(folder, own);
            HostCopies.RemoveOld(folder, time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            SupervisorLog.CannotClean(logger, folder.Hosts, error);
        }
    }
}
