using Deployment.Commands;

namespace Deployment.Testing;

/// <summary>
/// Answers commands as a test scripted it, starts nothing, and remembers what it was asked to run. A command that no script
/// answers fails, so that nothing passes by accident.
/// </summary>
public sealed class RecordingCommandRunner : ICommandRunner
{
    private readonly Lock _lock = new();
    private readonly List<CommandScript> _scripts = [];
    private readonly List<Command> _commands = [];
    private readonly List<CommandProcess> _ended = [];
    private int _started;

    /// <summary>Every command that was run, in order, those that no script answered included.</summary>
    public IReadOnlyList<Command> Commands
    {
        get
        {
            lock (_lock)
            {
                return [.. _commands];
            }
        }
    }

    /// <summary>Every process group that was to be ended, in order.</summary>
    public IReadOnlyList<CommandProcess> Ended
    {
        get
        {
            lock (_lock)
            {
                return [.. _ended];
            }
        }
    }

    /// <summary>Scripts the commands that begin with these words: the program, then arguments.</summary>
    /// <param name="words">At least the program. Where several scripts fit, the one added last answers.</param>
    /// <exception cref="ArgumentException">There is no word.</exception>
    public CommandScript When(params string[] words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Length == 0)
        {
            throw new ArgumentException("Name at least the program.", nameof(words));
        }

        string[] expected = [.. words];
        return When(command => command.Arguments.Prepend(command.Program).Take(expected.Length).SequenceEqual(expected, StringComparer.Ordinal));
    }

    /// <summary>Scripts the commands that fit. Where several scripts fit, the one added last answers.</summary>
    public CommandScript When(Func<Command, bool> fits)
    {
        ArgumentNullException.ThrowIfNull(fits);
        var script = new CommandScript(fits);
        lock (_lock)
        {
            _scripts.Add(script);
        }

        return script;
    }

    /// <inheritdoc/>
    public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _ended.Add(process);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        cancellationToken.ThrowIfCancellationRequested();
        Func<Command, CancellationToken, Task<CommandResult>> answer = Take(command, out int number);
        if (observer?.Started is { } started)
        {
            await started(new CommandProcess("recorded", number, number));
        }

        CommandResult result = await answer(command, cancellationToken);
        foreach (string line in Lines(result.Output).Concat(Lines(result.Error)))
        {
            observer?.Line?.Invoke(line);
        }

        return result;
    }

    private Func<Command, CancellationToken, Task<CommandResult>> Take(Command command, out int number)
    {
        lock (_lock)
        {
            _commands.Add(command);
            number = ++_started;
            return _scripts.LastOrDefault(script => script.Fits(command))?.Next()
                ?? throw new DeploymentException($"No script answers `{command}`. Add one with When(…) and what it returns.");
        }
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');
}
