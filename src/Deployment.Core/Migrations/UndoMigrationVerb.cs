using Deployment.Json;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>Undoes a migration, whether it happened, half happened or never happened.</summary>
internal sealed class UndoMigrationVerb(IMigrator migrator) : Verb<Migration>("undo-migration", Repeatability.Idempotent, CoreJson.Default.Migration)
{
    protected override VerbDescription Describe(Migration arguments) =>
        new(arguments.Undo?.Commands ?? [], $"{migrator.Name} has no {arguments.Id}.", arguments.IsUnrecorded ? "It ends without an error." : "The database's record doesn't have it.");

    protected override Task RunAsync(Migration arguments, EffectContext context, CancellationToken cancellationToken) => migrator.UndoAsync(arguments, context, cancellationToken);

    protected override async Task<string?> VerifyAsync(Migration arguments, EffectContext context, CancellationToken cancellationToken) =>
        await migrator.ProbeAsync(arguments, context, cancellationToken) switch
        {
            ProbeResult.TookEffect => $"{migrator.Name} still has {arguments.Id}.",
            ProbeResult.Unknown when !arguments.IsUnrecorded => $"It can't be told whether {migrator.Name} still has {arguments.Id}.",
            _ => null,
        };
}
