using System.Collections.Concurrent;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The instances that run under this supervisor, those of an earlier one included.</summary>
internal sealed class InstanceKeeper(StateFolder folder, StateStore store, InstanceStarter starter, SecretFiles secrets, ILogger logger, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<InstanceKey, KeptProcess> _kept = new();

    public bool IsRunning(InstanceKey key) => _kept.TryGetValue(key, out KeptProcess? kept) && !kept.Current.Exit.IsCompleted;

    /// <summary>Starts an instance and waits until it listens. It is kept running from then on; one that never listened is ended.</summary>
    /// <exception cref="DeploymentException">It did not start, exited early or never listened; the message has its last output.</exception>
    public async Task StartAsync(InstanceKey key, InstallRequest request, CancellationToken cancellationToken)
    {
        await StopAsync(key, TimeSpan.Zero, cancellationToken);
        string log = folder.Log(key.Target, key.Revision, key.Slot);
        long logged = LogTail.Length(log);
        RunningProcess process;
        try
        {
            process = starter.Start(key);
        }
        catch (DeploymentException error)
        {
            throw new DeploymentException($"{key} did not start: {error.Message}", error);
        }

        string? problem;
        try
        {
            int port = InstanceStarter.Slot(store.Current, key)!.Port;
            problem = await InstanceReadiness.WaitAsync(process, port, request.HealthPath, TimeSpan.FromSeconds(request.StartSeconds), timeProvider, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await process.EndAsync(TimeSpan.Zero, CancellationToken.None);
            throw;
        }

        if (problem is not null)
        {
            await process.EndAsync(TimeSpan.Zero, CancellationToken.None);
            throw new DeploymentException($"{key} {problem} {LogTail.Since(log, logged, secrets.Get(key.Target, key.Revision, request.Secrets).Values)}");
        }

        Keep(key, process);
    }

    /// <summary>Goes on with an instance that an earlier supervisor started; starts it anew when it is gone.</summary>
    public void Adopt(InstanceKey key, InstanceState instance)
    {
        if (instance.Process is { } process && ProcessGroup.IsAlive(process))
        {
            Keep(key, RunningProcess.Adopt(process, timeProvider, CancellationToken.None));
            ProcessLog.Adopted(logger, key.ToString(), process.ProcessId);
            return;
        }

        // Kept from the process that is gone, so that a program that can't be started now is tried again later.
        Keep(key, RunningProcess.Adopt(instance.Process ?? RunningProcess.None, timeProvider, CancellationToken.None));
    }

    /// <summary>Ends an instance, whether it is kept or only written down.</summary>
    public async Task StopAsync(InstanceKey key, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (_kept.TryRemove(key, out KeptProcess? kept))
        {
            using (kept)
            {
                await kept.StopAsync(grace, cancellationToken);
            }
        }
        else if (InstanceStarter.Slot(store.Current, key)?.Process is { } process)
        {
            await ProcessGroup.EndAsync(process, grace, timeProvider, cancellationToken);
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

    private void Keep(InstanceKey key, RunningProcess process)
    {
        var kept = new KeptProcess(key.ToString(), process, () => starter.Start(key), logger, timeProvider);
        _kept[key] = kept;
        kept.Keep();
    }
}
