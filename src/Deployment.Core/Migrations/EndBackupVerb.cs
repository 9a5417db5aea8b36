using Deployment.Json;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>Takes away what a backup that failed left behind.</summary>
internal sealed class EndBackupVerb(string database, IDatabaseBackup backup) : Verb<BackupArguments>("end-backup", Repeatability.Idempotent, CoreJson.Default.BackupArguments)
{
    protected override VerbDescription Describe(BackupArguments arguments) => new([], $"Nothing is left of the backup of {database} but a whole one.", "None beyond its own success.");

    protected override Task RunAsync(BackupArguments arguments, EffectContext context, CancellationToken cancellationToken) => backup.CleanUpAsync(database, context, cancellationToken);

    protected override Task<string?> VerifyAsync(BackupArguments arguments, EffectContext context, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
