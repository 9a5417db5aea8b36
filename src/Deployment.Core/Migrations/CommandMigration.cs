using System.Security.Cryptography;
using System.Text;
using Deployment.Commands;

namespace Deployment.Migrations;

/// <summary>A migration that a command makes, as it was declared.</summary>
internal sealed record CommandMigration(string Id, MigrationPhase Phase, Command Command, MigrationUndo Undo, Command? UndoCommand, CommandProbe? Probe, IReadOnlyList<CommandVerification> Verifications, string? DestroysData)
{
    /// <summary>All programs that it needs.</summary>
    internal IEnumerable<string> Programs => new[] { Command, UndoCommand, Probe?.Command }.OfType<Command>().Concat(Verifications.Select(verification => verification.Command)).Select(command => command.Program);

    /// <summary>As runbooks have it.</summary>
    internal Migration ToMigration() => new()
    {
        Id = Id,
        Phase = Phase,
        Script = Command.ToString(),
        Checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Command.ToString()))),
        Commands = [Command.ToString()],
        RunsInTransaction = false,
        Undo = Undo,
        Verifications = [.. Verifications.Select(verification => verification.InWords)],
        VerificationCommands = [.. Verifications.Select(verification => verification.Command.ToString())],
        DestroysData = DestroysData,
        IsUnrecorded = Probe is null,
        Notes = Probe is null ? ["Nothing tells whether it was applied: it stands in every deployment, and when the deployer dies in its midst a person decides."] : [],
    };
}
