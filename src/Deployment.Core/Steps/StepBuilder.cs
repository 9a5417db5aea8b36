using Deployment.Commands;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Steps;

/// <summary>
/// Describes a user's own step: what it does (<see cref="Command"/> or <see cref="Run"/>), how that is verified, and how it is undone,
/// which must be said: <see cref="UndoBy(Commands.Command)"/>, <see cref="NothingToUndo"/> or <see cref="CannotBeUndone"/>.
/// </summary>
public sealed class StepBuilder
{
    private StepAction? _run;
    private StepAction? _undo;
    private UndoKind? _undoKind;
    private string? _undoReason;
    private Repeatability _repeatability = Repeatability.AtMostOnce;
    private Func<EffectContext, CancellationToken, Task<ProbeResult>>? _probe;
    private Func<EffectContext, CancellationToken, Task<string?>>? _verify;
    private string _verification = "None beyond its own success.";
    private IReadOnlyList<string> _verificationCommands = [];
    private string? _expected;
    private int _actions;
    private int _undos;

    internal StepBuilder()
    {
    }

    /// <summary>The part of the deployment that it belongs to. Default <see cref="Phase.Deployment"/>.</summary>
    public Phase Phase { get; set; } = Phase.Deployment;

    /// <summary>How long it may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>It runs a command, which must end with exit code 0.</summary>
    public StepBuilder Command(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Do(StepAction.Of(command));
    }

    /// <summary>It runs code. A failure is an exception.</summary>
    public StepBuilder Run(Func<EffectContext, CancellationToken, Task> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Do(new StepAction([], action));
    }

    /// <summary>What is seen when it worked, for the runbook.</summary>
    public StepBuilder Expect(string outcome)
    {
        _expected = outcome;
        return this;
    }

    /// <summary>Looks, after it ran, whether it worked.</summary>
    /// <param name="how">What is verified, in words for the runbook.</param>
    /// <param name="verify">Gives null when it did, else what was seen instead.</param>
    public StepBuilder Verify(string how, Func<EffectContext, CancellationToken, Task<string?>> verify)
    {
        _verification = how;
        _verificationCommands = [];
        _verify = verify;
        return this;
    }

    /// <summary>Verifies by a command, which must end with exit code 0.</summary>
    public StepBuilder Verify(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        Verify("The command ends with exit code 0.", async (context, cancellationToken) =>
        {
            CommandResult result = await context.Commands.RunAsync(command, null, cancellationToken);
            return result.ExitCode == 0 ? null : $"`{command}` ended with exit code {result.ExitCode}. {result.Error}{result.Output}".TrimEnd();
        });
        _verificationCommands = [command.ToString()];
        return this;
    }

    /// <summary>Running it again gives the same end state, so after a crash, or a failure that may pass, it is run again. Without this, or a probe, it is run at most once.</summary>
    public StepBuilder MayBeRepeated()
    {
        _repeatability = Repeatability.Idempotent;
        return this;
    }

    /// <summary>After a crash, this tells whether it took effect.</summary>
    public StepBuilder ProbeBy(Func<EffectContext, CancellationToken, Task<ProbeResult>> probe)
    {
        _probe = probe;
        _repeatability = Repeatability.Probeable;
        return this;
    }

    /// <summary>It is undone by a command, which accepts an effect that happened, half happened or never happened.</summary>
    public StepBuilder UndoBy(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return UndoWith(UndoKind.Operation, StepAction.Of(command), null);
    }

    /// <summary>It is undone by code, which accepts an effect that happened, half happened or never happened.</summary>
    public StepBuilder UndoBy(Func<EffectContext, CancellationToken, Task> undo)
    {
        ArgumentNullException.ThrowIfNull(undo);
        return UndoWith(UndoKind.Operation, new StepAction([], undo), null);
    }

    /// <summary>There is nothing to undo.</summary>
    public StepBuilder NothingToUndo(string reason = "It changes nothing.") => UndoWith(UndoKind.Nothing, null, reason);

    /// <summary>It can't be undone. A Go/No-Go stands before it.</summary>
    public StepBuilder CannotBeUndone(string reason) => UndoWith(UndoKind.Impossible, null, reason);

    internal UserStep? Build(string name, Moment moment, List<string> errors)
    {
        if (_actions != 1)
        {
            errors.Add($"The step '{Naming.Printable(name)}' must say once what it does: Command(...) or Run(...). It says it {_actions} times.");
        }

        if (_undos != 1 || (_undoKind != UndoKind.Operation && string.IsNullOrWhiteSpace(_undoReason)))
        {
            errors.Add($"The step '{Naming.Printable(name)}' must say once how it is undone: UndoBy(...), NothingToUndo() or CannotBeUndone(reason).");
        }

        return _run is null || _undoKind is null ? null : new UserStep
        {
            Name = name,
            Moment = moment,
            Phase = Phase,
            Retry = Retry,
            Run = _run,
            Repeatability = _repeatability,
            Probe = _probe,
            Verify = _verify,
            VerificationText = _verification,
            VerificationCommands = _verificationCommands,
            Expected = _expected ?? (_run.Commands.Count > 0 ? "The command ends with exit code 0." : "It completes without an exception."),
            UndoAction = _undo,
            UndoKind = _undoKind.Value,
            UndoReason = _undoReason,
        };
    }

    private StepBuilder Do(StepAction action)
    {
        _run = action;
        _actions++;
        return this;
    }

    private StepBuilder UndoWith(UndoKind kind, StepAction? action, string? reason)
    {
        _undoKind = kind;
        _undo = action;
        _undoReason = reason;
        _undos++;
        return this;
    }
}
