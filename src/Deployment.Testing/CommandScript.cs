using Deployment.Commands;

namespace Deployment.Testing;

/// <summary>How a <see cref="RecordingCommandRunner"/> answers certain commands. Several answers are given in turn; the last one repeats.</summary>
public sealed class CommandScript
{
    private readonly List<Func<Command, CancellationToken, Task<CommandResult>>> _answers = [];
    private int _next;

    internal CommandScript(Func<Command, bool> fits) => Fits = fits;

    internal Func<Command, bool> Fits { get; }

    /// <summary>Ends with this output.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="exitCode">The exit code; 0 by default.</param>
    /// <param name="error">Standard error.</param>
    public CommandScript Returns(string output = "", int exitCode = 0, string error = "") =>
        Answers((_, _) => Task.FromResult(new CommandResult(exitCode, output, error, TimeSpan.Zero)));

    /// <summary>Can't be started or ends in another way that is an exception.</summary>
    public CommandScript Throws(Exception exception) => Answers((_, _) => Task.FromException<CommandResult>(exception));

    /// <summary>Answers by code.</summary>
    public CommandScript Answers(Func<Command, CancellationToken, Task<CommandResult>> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        _answers.Add(answer);
        return this;
    }

    internal Func<Command, CancellationToken, Task<CommandResult>>? Next() =>
        _answers.Count == 0 ? null : _answers[Math.Min(_next++, _answers.Count - 1)];
}
