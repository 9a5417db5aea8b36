using Deployment.Json;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>Applies a migration, and verifies it.</summary>
internal sealed class ApplyMigrationVerb(IMigrator migrator) : Verb<Migration>("migrate", Repeatability.Probeable, CoreJson.Default.Migration)
{
    protected override VerbDescription Describe(Migration arguments) => new(
        arguments.Commands,
        $"{migrator.Name} has {arguments.Id}, checksum {arguments.Checksum[..12]}.",
        string.Join(" ", [arguments.IsUnrecorded ? "It ends without an error." : "The database's record has it.", .. arguments.Verifications.Select(verification => $"{verification.Query} answers {verification.Expected}.")]))
    {
        VerificationCommands = arguments.VerificationCommands,
        Notes = arguments.Notes,
    };

    protected override Task RunAsync(Migration arguments, EffectContext context, CancellationToken cancellationToken) => migrator.ApplyAsync(arguments, context, cancellationToken);

    protected override Task<ProbeResult> ProbeAsync(Migration arguments, EffectContext context, CancellationToken cancellationToken) => migrator.ProbeAsync(arguments, context, cancellationToken);

    protected override Task<string?> VerifyAsync(Migration arguments, EffectContext context, CancellationToken cancellationToken) => migrator.VerifyAsync(arguments, context, cancellationToken);
}
