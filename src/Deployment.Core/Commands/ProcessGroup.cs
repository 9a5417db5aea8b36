using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Deployment.Commands;

/// <summary>A program that was started here, with everything that it starts: a session with its leader. Disposing closes its pipes and ends nothing.</summary>
internal sealed class ProcessGroup : IDisposable
{
    private readonly ProcessWaiter _waiter;
    private readonly ProcessSession _session;
    private readonly AnonymousPipeServerStream?[] _pipes;

    private ProcessGroup(int processId, AnonymousPipeServerStream?[] pipes)
    {
        // Nobody reaps it before the waiter stands, so the id is certain to be the child's.
        Identity = new CommandProcess(HostIdentity.Current, processId, StartTimeOf(processId) ?? 0);
        _pipes = pipes;
        _session = new ProcessSession(processId, StartTime);
        _waiter = new ProcessWaiter(processId);
    }

    /// <summary>This very process.</summary>
    internal static CommandProcess Self { get; } = new(HostIdentity.Current, Environment.ProcessId, StartTimeOf(Environment.ProcessId) ?? 0);

    /// <summary>What finds it again from another process.</summary>
    internal CommandProcess Identity { get; }

    /// <summary>The leader's id, which is the group's and the session's too.</summary>
    internal int ProcessId => Identity.ProcessId;

    /// <summary>When the leader started, in the system's own unit.</summary>
    internal long StartTime => Identity.StartTime;

    /// <summary>Written by this process; null unless it is a pipe.</summary>
    internal Stream? StandardInput => _pipes[0];

    /// <summary>Read by this process; null unless it is a pipe.</summary>
    internal Stream? StandardOutput => _pipes[1];

    /// <summary>Read by this process; null unless it is a pipe.</summary>
    internal Stream? StandardError => _pipes[2];

    /// <summary>Starts a program.</summary>
    /// <exception cref="DeploymentException">It can't be: the message tells a missing program, one that isn't executable and a missing folder apart.</exception>
    internal static ProcessGroup Start(ProcessStart start)
    {
        if (OperatingSystem.IsWindows() || (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()))
        {
            throw new DeploymentException($"Processes are started and ended as groups on Linux and macOS only; this is {RuntimeInformation.OSDescription}. Deploy from one of those.");
        }

        if (Self.StartTime == 0)
        {
            throw new DeploymentException("Processes can't be told apart on this machine: /proc can't be read. Mount it, then start again.");
        }

        start.StandardOutput.Prepare();
        start.StandardError.Prepare();
        AnonymousPipeServerStream?[] pipes =
        [
            PipeFor(start.StandardInput, PipeDirection.Out), PipeFor(start.StandardOutput, PipeDirection.In), PipeFor(start.StandardError, PipeDirection.In),
        ];
        try
        {
            int processId = ProcessSpawner.Spawn(start, [.. pipes.Select(pipe => pipe?.ClientSafePipeHandle)]);
            return new ProcessGroup(processId, pipes);
        }
        catch
        {
            Close(pipes);
            throw;
        }
        finally
        {
            foreach (AnonymousPipeServerStream? pipe in pipes)
            {
                pipe?.DisposeLocalCopyOfClientHandle();
            }
        }
    }

    /// <summary>The leader's exit code; 128 plus the signal's number when a signal ended it. By then it is reaped; others of its group may still run.</summary>
    internal Task<int> WaitForExitAsync(CancellationToken cancellationToken) => _waiter.Exit.WaitAsync(cancellationToken);

    /// <summary>Sends a signal to the whole group. Nothing happens when it has ended.</summary>
    internal void Signal(int signal)
    {
        if (!_waiter.WhileUnreaped(() => ProcessSession.SignalGroup(ProcessId, signal)))
        {
            _session.Signal(signal);
        }
    }

    /// <summary>Asks the whole session to end, kills it after the grace, and returns when the leader is reaped and nothing else is left.</summary>
    /// <exception cref="DeploymentException">It can't be ended by this user, or the system doesn't let go of it.</exception>
    internal async Task EndAsync(TimeSpan grace, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        await _session.EndAsync(grace, timeProvider, cancellationToken);
        await ((Task)_waiter.Exit).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Ends a group that another process started and recorded. Nothing is done where it has ended, even if its process id was given away since.</summary>
    /// <exception cref="DeploymentException">It runs on another machine or in another container, can't be ended by this user, or isn't let go by the system.</exception>
    internal static Task EndAsync(CommandProcess process, TimeSpan grace, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (process.Host == HostIdentity.Current)
        {
            return new ProcessSession(process.ProcessId, process.StartTime).EndAsync(grace, timeProvider, cancellationToken);
        }

        return HostIdentity.IsEarlierBoot(process.Host)
            ? Task.CompletedTask
            : throw new DeploymentException($"The process group {process.ProcessId} runs on {process.Host}, and this is {HostIdentity.Current}. Make sure that it has ended there, or go on from there.");
    }

    /// <summary>Whether the recorded leader still runs: here, under its id, started at its time, and not merely waiting to be reaped.</summary>
    internal static bool IsAlive(CommandProcess process) =>
        process.Host == HostIdentity.Current && StartTimeOf(process.ProcessId) == process.StartTime && ProcessStat.Read(process.ProcessId) is not { IsGone: true };

    /// <inheritdoc/>
    public void Dispose() => Close(_pipes);

    private static long? StartTimeOf(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            return ProcessStat.Read(processId)?.StartTime;
        }

        try
        {
            using Process process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().Ticks;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static AnonymousPipeServerStream? PipeFor(ProcessStream stream, PipeDirection direction) =>
        stream == ProcessStream.Pipe ? new AnonymousPipeServerStream(direction, HandleInheritability.None) : null;

    private static void Close(AnonymousPipeServerStream?[] pipes)
    {
        foreach (AnonymousPipeServerStream? pipe in pipes)
        {
            pipe?.Dispose();
        }
    }
}
