using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Client;

/// <summary>Makes sure that a supervisor looks after a folder. Several deployers may do it at once: one supervisor gets the lock.</summary>
internal static class SupervisorLauncher
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <exception cref="DeploymentException">None can be started; the message says why.</exception>
    public static async Task<SupervisorClient> EnsureAsync(StateFolder folder, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var client = new SupervisorClient(folder);
        try
        {
            while (await client.StatusAsync(cancellationToken) is { } present)
            {
                if (await IsCurrentAsync(client, present, cancellationToken))
                {
                    // It may run from the files of another build; those of this one are what the plan tells a person to start.
                    HostFiles.EnsurePlaced(folder);
                    return client;
                }

                await Task.Delay(Look, timeProvider, cancellationToken);
            }

            await LaunchAsync(folder, client, timeProvider, cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    // One of an older protocol hands its processes over: it ends, and the next one adopts them.
    private static async Task<bool> IsCurrentAsync(SupervisorClient client, SupervisorStatus present, CancellationToken cancellationToken)
    {
        if (present.Protocol > SupervisorStatus.CurrentProtocol)
        {
            throw new DeploymentException(
                $"The supervisor of '{present.StateFolder}' (process {present.ProcessId}) is of a newer version than this deployer. Update Deployment.Providers.Local, or use another StateFolder.");
        }

        if (present.Protocol < SupervisorStatus.CurrentProtocol)
        {
            await client.HandOverAsync(cancellationToken);
            return false;
        }

        return true;
    }

    private static async Task LaunchAsync(StateFolder folder, SupervisorClient client, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        StateFolder.Create(folder.Path);
        HostCommand host = HostFiles.Place(folder);
        long logged = LogTail.Length(folder.SupervisorLog);
        long begin = timeProvider.GetTimestamp();
        RunningProcess process = RunningProcess.Start(host.Start(folder, null, folder.SupervisorLog, "supervisor", folder.Path), timeProvider);
        while (await client.StatusAsync(cancellationToken) is null)
        {
            if (process.Exit.IsCompleted && await process.Exit is not ExitCodes.AnotherHoldsTheLock and int code)
            {
                throw new DeploymentException($"The supervisor of '{folder.Path}' ended with exit code {code}. {LogTail.Since(folder.SupervisorLog, logged, [])}");
            }

            if (timeProvider.GetElapsedTime(begin) >= Limit)
            {
                throw new DeploymentException($"The supervisor of '{folder.Path}' does not answer after {Limit.TotalSeconds} s. It may wait for instances that it has to end, each for its StopGrace; try again then. {LogTail.Since(folder.SupervisorLog, logged, [])}");
            }

            // The one that held the lock may have been about to end: then it is this deployer's turn after all.
            if (process.Exit.IsCompleted)
            {
                process = RunningProcess.Start(host.Start(folder, null, folder.SupervisorLog, "supervisor", folder.Path), timeProvider);
            }

            await Task.Delay(Look, timeProvider, cancellationToken);
        }
    }
}
