using Deployment.Providers.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The process that looks after a state folder. Killing it harms nothing: what it started runs on, and the next one adopts it.</summary>
internal static class SupervisorProgram
{
    public static async Task<int> RunAsync(StateFolder folder, CancellationToken cancellationToken)
    {
        StateFolder.Create(folder.Path);
        using FileStream? held = TryLock(folder);
        if (held is null)
        {
            return ExitCodes.AnotherHoldsTheLock;
        }

        using var log = new FileLoggerProvider(folder.SupervisorLog, TimeProvider.System);
        ILogger logger = log.CreateLogger("Supervisor");
        SupervisorLog.Running(logger, Environment.ProcessId, folder.Path);
        await ServeAsync(folder, log, logger, cancellationToken);
        return 0;
    }

    // The system lets go of the lock when the process ends, however it ends.
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
        var secrets = new SecretFiles(folder);
        var starter = new InstanceStarter(folder, store, secrets, logger, time);
        var instances = new InstanceKeeper(folder, store, starter, secrets, logger, time);
        var routers = new RouterKeeper(folder, store, new RouterStarter(folder, store, HostCommand.OfThisProcess(), logger, time), logger, time);
        var revisions = new Revisions(folder, store, instances, secrets);
        var routes = new Routes(folder, store, routers, logger, time);
        await new Recovery(folder, store, instances, routers, revisions, logger, time).RunAsync(cancellationToken);

        var epochs = new Epochs(store);
        await using WebApplication app = SlimServer.Create(log, kestrel => kestrel.ListenPrivately(folder.SupervisorSocket)).Build();
        new SupervisorApi(folder, store, epochs, revisions, routes, routers, secrets, LeaveAsync).Map(app);
        await app.StartAsync(cancellationToken);
        SlimServer.CloseToOthers(folder.SupervisorSocket);
        await app.WaitForShutdownAsync(cancellationToken);
        await instances.LetGoAsync();
        await routers.LetGoAsync();

        async Task LeaveAsync(bool stop)
        {
            SupervisorLog.Ending(logger, Environment.ProcessId, stop ? "ends with it" : "runs on");
            await epochs.CloseAsync(breakOff: stop);
            if (stop)
            {
                await new Shutdown(store, revisions, routers, secrets).RunAsync(cancellationToken);
            }

            app.Lifetime.StopApplication();
        }
    }
}
