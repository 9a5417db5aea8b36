using System.Collections.Immutable;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Deployment.Releases;
using Deployment.Secrets;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Tells whether a worker is well: by a program that is asked, by the age of its heartbeat file, or by its running at all.</summary>
internal sealed class WorkerHealth(StateFolder folder, StateStore store, SecretFiles secrets, InstanceStarter starter, ICommandRunner commands, ILogger logger, TimeProvider timeProvider)
{
    private const int Patience = 3;
    private static readonly TimeSpan StartLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    /// <summary>Null once it is well, else one sentence about what it did instead.</summary>
    public async Task<string?> WaitAsync(InstanceKey key, InstallRequest request, WorkerRun worker, RunningProcess process, TimeSpan limit, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        while (true)
        {
            string? problem = Judged(worker)
                ? await ProblemAsync(key, worker, cancellationToken)
                : timeProvider.GetElapsedTime(begin) < TimeSpan.FromSeconds(worker.SettleSeconds) ? "has not run long enough." : null;
            if (process.Exit.IsCompleted)
            {
                int? code = await process.Exit;
                return $"exited early{(code is null ? "" : $" with exit code {code}")}.";
            }

            if (problem is null)
            {
                return null;
            }

            if (timeProvider.GetElapsedTime(begin) >= limit)
            {
                return $"was not well within {request.StartSeconds} s: it {problem}";
            }

            await Task.Delay(StartLook, timeProvider, cancellationToken);
        }
    }

    /// <summary>Completes with a sentence once the worker was not well several times in a row.</summary>
    public async Task<string> SickAsync(InstanceKey key, WorkerRun worker, RunningProcess process, CancellationToken cancellationToken)
    {
        if (!Judged(worker))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, timeProvider, cancellationToken);
        }

        // One that was started just now may need as long as at its installation.
        await Task.Delay(TimeSpan.FromSeconds(store.Current.Revision(key.Target, key.Revision)?.Request.StartSeconds ?? 0), timeProvider, cancellationToken);
        TimeSpan pause = worker.HeartbeatSeconds is { } age && TimeSpan.FromSeconds(age) < Look ? TimeSpan.FromSeconds(age) : Look;
        for (int failures = 0; ;)
        {
            string? problem;
            try
            {
                problem = process.Exit.IsCompleted ? null : await ProblemAsync(key, worker, cancellationToken);
            }
            catch (Exception error) when (error is DeploymentException or IOException or UnauthorizedAccessException)
            {
                // That the supervisor can't ask says nothing about the worker, which could not be started again either.
                SupervisorLog.CannotAsk(logger, key.ToString(), error);
                await Task.Delay(pause, timeProvider, cancellationToken);
                continue;
            }

            failures = problem is null ? 0 : failures + 1;
            if (failures >= Patience)
            {
                return problem!;
            }

            await Task.Delay(pause, timeProvider, cancellationToken);
        }
    }

    private static bool Judged(WorkerRun worker) => worker.Health.Length > 0 || worker.HeartbeatSeconds is not null;

    private async Task<string?> ProblemAsync(InstanceKey key, WorkerRun worker, CancellationToken cancellationToken)
    {
        if (store.Current.Revision(key.Target, key.Revision)?.Request is not { } request)
        {
            return null;
        }

        InstancePlace place = starter.PlaceOf(key, request, 0);
        if (worker.HeartbeatSeconds is { } age && place.HeartbeatFile is { } heartbeat)
        {
            if (!File.Exists(heartbeat))
            {
                return "has no heartbeat: it must write the file that HEARTBEAT_FILE or {heartbeat} names.";
            }

            TimeSpan old = timeProvider.GetUtcNow() - File.GetLastWriteTimeUtc(heartbeat);
            if (old > TimeSpan.FromSeconds(age))
            {
                return $"has had no heartbeat for {old.TotalSeconds:0.0} s, and {age} s is the most.";
            }
        }

        return worker.Health.Length > 0 ? await AskAsync(key, request, worker, place, cancellationToken) : null;
    }

    private async Task<string?> AskAsync(InstanceKey key, InstallRequest request, WorkerRun worker, InstancePlace place, CancellationToken cancellationToken)
    {
        Dictionary<string, string> environment = InstanceEnvironment.Of(request, ImmutableSortedDictionary<string, string>.Empty, place);
        // A number that nobody is given: the next supervisor ends what this one leaves behind.
        environment[SpawnMark.Variable] = SpawnMark.Of(folder, 0);
        var command = new Command
        {
            Program = place.Fill(worker.Health[0]),
            Arguments = [.. worker.Health.Skip(1).Select(place.Fill)],
            WorkingFolder = place.Fill(request.WorkingFolder),
            Environment = environment,
            SecretEnvironment = secrets.Get(key.Target, key.Revision, request.Secrets).ToImmutableSortedDictionary(secret => secret.Key, secret => new Secret(secret.Value)),
            Timeout = TimeSpan.FromSeconds(worker.HealthSeconds),
        };
        try
        {
            CommandResult result = await commands.RunAsync(command, null, cancellationToken);
            return result.ExitCode == 0 ? null : $"is not well: {Naming.Printable(command.Program)} ended with exit code {result.ExitCode}.";
        }
        catch (DeploymentException error)
        {
            return $"can't be asked whether it is well: {error.Message}";
        }
    }
}
