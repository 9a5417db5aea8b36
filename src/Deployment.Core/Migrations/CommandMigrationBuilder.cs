using Deployment.Commands;
using Deployment.Releases;

namespace Deployment.Migrations;

/// <summary>
/// Describes a migration that a command makes: how it is undone, which must be said (<see cref="UndoBy"/>, <see cref="NothingToUndo"/> or <see cref="CannotBeUndone"/>), how it is verified, and how one
/// asks whether it was applied.
/// </summary>
public sealed class CommandMigrationBuilder
{
    private readonly List<CommandVerification> _verifications = [];
    private MigrationUndo? _undo;
    private Command? _undoCommand;
    private CommandProbe? _probe;
    private string? _lost;
    private int _undos;

    internal CommandMigrationBuilder()
    {
    }

    /// <summary>It is undone by a command, which accepts a migration that happened, half happened or never happened, and may be repeated.</summary>
    public CommandMigrationBuilder UndoBy(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        _undoCommand = command;
        return UndoWith(MigrationUndo.By(command.ToString(), command.ToString()));
    }

    /// <summary>There is nothing to undo.</summary>
    /// <param name="reason">Why, as a sentence.</param>
    public CommandMigrationBuilder NothingToUndo(string reason) => UndoWith(MigrationUndo.Nothing(reason));

    /// <summary>Nothing can undo it. Only a contract may be so.</summary>
    /// <param name="reason">Why, as a sentence.</param>
    public CommandMigrationBuilder CannotBeUndone(string reason) => UndoWith(MigrationUndo.Impossible(reason));

    /// <summary>
    /// This tells whether it was applied: exit code 0 says that it was, <paramref name="notApplied"/> that it was not, and any other, such as that of a tool that crashed, that it can't be told. It changes
    /// nothing. Without it the migration stands in every deployment, and after a crash a person says whether it happened; a contract needs it.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="notApplied">The exit code that says no, and that the tool ends with for no other reason: 3 to 125. With 1 and 2 tools end when they fail.</param>
    public CommandMigrationBuilder ProbeBy(Command command, int notApplied)
    {
        ArgumentNullException.ThrowIfNull(command);
        _probe = new CommandProbe(command, notApplied);
        return this;
    }

    /// <summary>Verifies it, after it ran, by a command that changes nothing and must end with exit code 0.</summary>
    /// <param name="command">The command.</param>
    /// <param name="output">What it must print on standard output, white space around it aside; null for whatever it prints.</param>
    public CommandMigrationBuilder Verify(Command command, string? output = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        _verifications.Add(new CommandVerification(command, output));
        return this;
    }

    /// <summary>Data are gone afterwards: a person is asked before it is applied. Only a contract may be so.</summary>
    /// <param name="lost">Which, as a sentence.</param>
    public CommandMigrationBuilder DestroysData(string lost)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(lost);
        _lost = lost;
        return this;
    }

    internal CommandMigration? Build(string id, MigrationPhase phase, Command command, string database, List<string> errors)
    {
        if (_undos != 1)
        {
            errors.Add($"The migration '{Naming.Printable(id)}' of {Naming.Printable(database)} must say once how it is undone: UndoBy(...), NothingToUndo(reason) or CannotBeUndone(reason). It says it {_undos} times.");
            return null;
        }

        if (_probe is { NotApplied: < CommandProbe.LeastNotApplied or > CommandProbe.MostNotApplied } probe)
        {
            errors.Add($"The exit code by which `{probe}` says that {Naming.Printable(database)} lacks '{Naming.Printable(id)}' is {probe.NotApplied}; it must be {CommandProbe.LeastNotApplied} to {CommandProbe.MostNotApplied}, because others are those of tools that fail, or of the shell.");
            return null;
        }

        return new CommandMigration(id, phase, command, _undo!, _undoCommand, _probe, [.. _verifications], _lost);
    }

    private CommandMigrationBuilder UndoWith(MigrationUndo undo)
    {
        _undo = undo;
        _undos++;
        return this;
    }
}
