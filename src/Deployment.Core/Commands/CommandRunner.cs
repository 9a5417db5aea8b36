using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Deployment.Commands;

/// <summary>
/// Runs command-line tools as child processes on Linux and macOS: no shell, a session of their own, output read as it comes.
/// </summary>
/// <remarks>
/// A command that runs into its time-out, or is cancelled, is ended with all that it started, except for what made itself a session
/// of its own (a daemon). A command that ends by itself may leave processes behind; they are not waited for.
/// </remarks>
public sealed partial class CommandRunner : ICommandRunner
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(24);
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;

    /// <summary>Creates a runner.</summary>
    /// <param name="timeProvider">The clock of time-outs and graces.</param>
    /// <param name="logger">Told when commands start and end; command lines only, never what they print.</param>
    public CommandRunner(TimeProvider timeProvider, ILogger<CommandRunner>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeProvider = timeProvider;
        _logger = logger ?? NullLogger<CommandRunner>.Instance;
    }

    /// <inheritdoc/>
    public async Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        CheckTimes(command);
        cancellationToken.ThrowIfCancellationRequested();
        long begin = _timeProvider.GetTimestamp();
        using var running = new RunningCommand(command, observer, _timeProvider);
        LogStarted(running.Group.ProcessId, command);
        int exitCode = await RunToEndAsync(command, running, observer, cancellationToken);
        var result = new CommandResult(exitCode, running.Output, running.Error, _timeProvider.GetElapsedTime(begin));
        LogEnded(running.Group.ProcessId, exitCode, result.Duration);
        return result;
    }

    /// <inheritdoc/>
    public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) =>
        ProcessGroup.EndAsync(process, grace, _timeProvider, cancellationToken);

    private async Task<int> RunToEndAsync(Command command, RunningCommand running, CommandObserver? observer, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = command.Timeout is { } time ? new(time, _timeProvider) : new();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            if (observer?.Started is { } started)
            {
                await started(running.Group.Identity);
            }

            return await running.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await EndAsync(command, running);
            cancellationToken.ThrowIfCancellationRequested();
            throw TimedOut(command, running);
        }
        catch
        {
            await EndAsync(command, running);
            throw;
        }
    }

    private async Task EndAsync(Command command, RunningCommand running)
    {
        LogEnding(running.Group.ProcessId, command);
        // Not cancellable: whoever cancelled relies on nothing being left.
        await running.Group.EndAsync(command.Grace, _timeProvider, CancellationToken.None);
        try
        {
            await running.DrainAsync();
        }
        catch (Exception exception)
        {
            // An observer that throws is why the command is ended, or comes second to that reason.
            LogObserverFailed(exception, running.Group.ProcessId);
        }
    }

    private static DeploymentException TimedOut(Command command, RunningCommand running)
    {
        string printed = string.Join('\n', (running.Error.Length > 0 ? running.Error : running.Output).TrimEnd().Split('\n').TakeLast(50));
        return new DeploymentException(
            $"`{command}` ran into its time-out of {command.Timeout!.Value.TotalSeconds} s and was ended."
            + (printed.Length > 0 ? $" Its last output:\n{printed}" : " It printed nothing."));
    }

    private static void CheckTimes(Command command)
    {
        if (command.Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > _longest))
        {
            throw new DeploymentException($"The time-out of `{command}` is {timeout}; it must be positive and at most {_longest.Days} days.");
        }

        if (command.Grace < TimeSpan.Zero || command.Grace > _longest)
        {
            throw new DeploymentException($"The grace of `{command}` is {command.Grace}; it must be 0 to {_longest.Days} days.");
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Started process {ProcessId}: {Command}")]
    private partial void LogStarted(int processId, Command command);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Process {ProcessId} ended with exit code {ExitCode} after {Duration}")]
    private partial void LogEnded(int processId, int exitCode, TimeSpan duration);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ending process {ProcessId} with all that it started: {Command}")]
    private partial void LogEnding(int processId, Command command);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An observer of process {ProcessId} failed")]
    private partial void LogObserverFailed(Exception exception, int processId);
}
