using Deployment.Commands;

namespace Deployment.Migrations;

/// <summary>A command that verifies a migration.</summary>
/// <param name="Command">The command.</param>
/// <param name="Output">What it must print; null for whatever it prints.</param>
internal sealed record CommandVerification(Command Command, string? Output)
{
    /// <summary>What a runbook says of it.</summary>
    internal MigrationVerification InWords => new(Command.ToString(), Output is null ? "exit code 0" : $"'{Output.Trim()}'");

    /// <summary>Null when it answers as expected.</summary>
    internal string? Disagreement(CommandResult result) => result.ExitCode != 0
        ? $"`{Command}` ended with exit code {result.ExitCode}. {result.Error}{result.Output}".TrimEnd()
        : Output is not null && result.Output.Trim() != Output.Trim()
            ? $"`{Command}` printed '{result.Output.Trim()}', where '{Output.Trim()}' was expected."
            : null;
}
