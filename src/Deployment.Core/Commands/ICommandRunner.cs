namespace Deployment.Commands;

/// <summary>Runs command-line tools.</summary>
public interface ICommandRunner
{
    /// <summary>Runs a command to its end, in a process group of its own.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="observer">Watches it, if given.</param>
    /// <param name="cancellationToken">Ends the whole process group: it is asked to end, and killed after its grace.</param>
    /// <returns>How it ended, whatever the exit code.</returns>
    /// <exception cref="DeploymentException">It could not be started, or ran into its time-out; the message has its last output.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing of its group is left.</exception>
    Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken);

    /// <summary>Ends a process group that an earlier process of this host left behind. Nothing happens when it is gone, or when its id belongs to another process by now.</summary>
    /// <param name="process">What <see cref="CommandObserver.Started"/> was given.</param>
    /// <param name="grace">How long it has between being asked to end and being killed.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DeploymentException">It runs on another host, or could not be ended.</exception>
    Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken);
}
