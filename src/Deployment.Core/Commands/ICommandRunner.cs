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
}
