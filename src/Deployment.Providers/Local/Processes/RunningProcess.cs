using Deployment.Commands;

namespace Deployment.Providers.Local.Processes;

/// <summary>A process that is watched: a child of this process, or one that an earlier supervisor started.</summary>
internal sealed class RunningProcess
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _timeProvider;

    /// <summary>No process has this id: what stands for one that was never started.</summary>
    public static CommandProcess None { get; } = new(HostIdentity.Current, int.MaxValue, 0);

    private RunningProcess(CommandProcess identity, Task<int?> exit, TimeProvider timeProvider)
    {
        Identity = identity;
        Exit = exit;
        _timeProvider = timeProvider;
    }

    public CommandProcess Identity { get; }

    /// <summary>Completes when it has ended: with its exit code, or null when only its parent could know that.</summary>
    public Task<int?> Exit { get; }

    public static RunningProcess Start(ProcessStart start, TimeProvider timeProvider)
    {
        // No pipes, so there is nothing to dispose: the process must be able to outlive this one.
        ProcessGroup group = ProcessGroup.Start(start);
        return new RunningProcess(group.Identity, ExitOfAsync(group), timeProvider);
    }

    /// <summary>Watches a process that is no child of this one by looking at it.</summary>
    public static RunningProcess Adopt(CommandProcess process, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        new(process, GoneAsync(process, timeProvider, cancellationToken), timeProvider);

    /// <summary>Ends it and all that it started.</summary>
    public Task EndAsync(TimeSpan grace, CancellationToken cancellationToken) =>
        ProcessGroup.EndAsync(Identity, grace, _timeProvider, cancellationToken);

    private static async Task<int?> ExitOfAsync(ProcessGroup group) => await group.WaitForExitAsync(CancellationToken.None);

    private static async Task<int?> GoneAsync(CommandProcess process, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        while (IsAlive(process))
        {
            await Task.Delay(Look, timeProvider, cancellationToken);
        }

        return null;
    }

    // Too many open files, say: it can't be looked at now, which doesn't mean that it has ended.
    private static bool IsAlive(CommandProcess process)
    {
        try
        {
            return ProcessGroup.IsAlive(process);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
