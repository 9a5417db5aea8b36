using System.Collections.Concurrent;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The instances that run under this supervisor, those of an earlier one included.</summary>
/// <param name="folder">The state folder.</param>
/// <param name="store">The state.</param>
/// <param name="starter">Starts processes.</param>
/// <param name="workers">Tells whether workers are well.</param>
/// <param name="moved">Told the target when an instance got another port.</param>
/// <param name="secrets">The secrets that must not be shown.</param>
/// <param name="logger">Told what happens.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class InstanceKeeper(
    StateFolder folder, StateStore store, InstanceStarter starter, WorkerHealth workers, Func<string, CancellationToken, Task> moved, SecretFiles secrets, ILogger logger, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<InstanceKey, KeptProcess> _kept = new();

    public bool IsKept(InstanceKey key) => _kept.ContainsKey(key);

    public bool IsRunning(InstanceKey key) => _kept.TryGetValue(key, out KeptProcess? kept) && !kept.Current.Exit.IsCompleted;

    /// <summary>Starts an instance and waits until it listens, or is well if it is a worker. It is kept running from then on; one that never was is ended.</summary>
    /// <exception cref="DeploymentException">It did not start, exited early or never listened; the message has its last output.</exception>
    public async Task StartAsync(InstanceKey key, InstallRequest request, CancellationToken cancellationToken)
    {
        // It may have been started again a moment ago, and work by now.
        await StopAsync(key, TimeSpan.FromSeconds(request.StopSeconds), cancellationToken);
        string log = folder.Log(key.Target, key.Revision, key.Slot);
        long logged = LogTail.Length(log);
        RunningProcess process;
        try
        {
            process = await StartProcessAsync(key, cancellationToken);
        }
        catch (DeploymentException error)
        {
            throw new DeploymentException($"{key} did not start: {error.Message}", error);
        }

        string? problem;
        try
        {
            problem = await WaitUntilReadyAsync(key, request, process, cancellationToken);
        }
        catch
        {
            await process.EndAsync(GraceOfOneThatIsNotReady(request), CancellationToken.None);
            throw;
        }

        if (problem is not null)
        {
            await process.EndAsync(GraceOfOneThatIsNotReady(request), CancellationToken.None);
            throw new DeploymentException($"{key} {problem} See {log}. {LogTail.Since(log, logged, secrets.Get(key.Target, key.Revision, request.Secrets).Values)}");
        }

        Keep(key, process, request);
    }

    /// <summary>Goes on with an instance that an earlier supervisor started; starts it anew when it is gone.</summary>
    public void Adopt(InstanceKey key, InstanceState instance)
    {
        InstallRequest request = store.Current.Revision(key.Target, key.Revision)!.Request;
        if (instance.Process is { } process && ProcessGroup.IsAlive(process))
        {
            Keep(key, RunningProcess.Adopt(process, timeProvider, CancellationToken.None), request);
            ProcessLog.Adopted(logger, key.ToString(), process.ProcessId);
            return;
        }

        // Kept from the process that is gone, so that a program that can't be started now is tried again later.
        Keep(key, RunningProcess.Adopt(instance.Process ?? RunningProcess.None, timeProvider, CancellationToken.None), request);
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

    // What has a port gets no requests before it is ready; a worker takes work as soon as it runs.
    private static TimeSpan GraceOfOneThatIsNotReady(InstallRequest request) => request.Worker is null ? TimeSpan.Zero : TimeSpan.FromSeconds(request.StopSeconds);

    private async Task<RunningProcess> StartProcessAsync(InstanceKey key, CancellationToken cancellationToken)
    {
        if (starter.Move(key))
        {
            // Before it starts: what took the port must not get its requests for a moment longer.
            await moved(key.Target, cancellationToken);
        }

        return await starter.StartAsync(key, cancellationToken);
    }

    private Task<string?> WaitUntilReadyAsync(InstanceKey key, InstallRequest request, RunningProcess process, CancellationToken cancellationToken)
    {
        TimeSpan limit = TimeSpan.FromSeconds(request.StartSeconds);
        return request.Worker is { } worker
            ? workers.WaitAsync(key, request, worker, process, limit, cancellationToken)
            : InstanceReadiness.WaitAsync(process, InstanceStarter.Slot(store.Current, key)!.Port, request.HealthPath, request.HealthOverHttp2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11, limit, timeProvider, cancellationToken);
    }

    private void Keep(InstanceKey key, RunningProcess process, InstallRequest request)
    {
        var keeping = new Keeping
        {
            Start = letGo => StartProcessAsync(key, letGo),
            Sick = request.Worker is { } worker ? (running, ended) => workers.SickAsync(key, worker, running, ended) : null,
            Grace = TimeSpan.FromSeconds(request.StopSeconds),
            EarlyEnds = InstanceStarter.Slot(store.Current, key)?.EarlyEnds ?? 0,
            Ended = (code, early) => Note(key, instance =>
            {
                instance.Restarts++;
                instance.EarlyEnds = early;
                instance.LastExitCode = code;
                instance.LastEnded = timeProvider.GetUtcNow();
            }),
            Settled = () => Note(key, instance => instance.EarlyEnds = 0),
        };
        var kept = new KeptProcess(key.ToString(), process, keeping, logger, timeProvider);
        _kept[key] = kept;
        kept.Keep();
    }

    private void Note(InstanceKey key, Action<InstanceState> change)
    {
        if (InstanceStarter.Slot(store.Current, key) is not null)
        {
            store.Update(state =>
            {
                if (InstanceStarter.Slot(state, key) is { } instance)
                {
                    change(instance);
                }
            });
        }
    }
}
