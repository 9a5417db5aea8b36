namespace Deployment.Commands;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">The exit code; 128 plus the signal's number when a signal ended it.</param>
/// <param name="Output">The last 64 KiB of standard output, secrets removed.</param>
/// <param name="Error">The last 64 KiB of standard error, secrets removed.</param>
/// <param name="Duration">How long it ran.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error, TimeSpan Duration)
{
    /// <summary>Throws when the exit code is not zero.</summary>
    /// <exception cref="DeploymentException">The command failed; the message has the command line and the last lines that it printed.</exception>
    public CommandResult EnsureSuccess(Command command)
    {
        if (ExitCode == 0)
        {
            return this;
        }

        string printed = string.Join('\n', (Error.Length > 0 ? Error : Output).TrimEnd().Split('\n').TakeLast(50));
        throw new DeploymentException($"`{command}` ended with exit code {ExitCode}.{(printed.Length > 0 ? " Its last output:\n" + printed : " It printed nothing.")}");
    }
}
