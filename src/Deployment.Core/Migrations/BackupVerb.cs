using Deployment.Json;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>Has a backup before the database is changed.</summary>
internal sealed class BackupVerb(string database, IDatabaseBackup backup) : Verb<BackupArguments>("back-up", Repeatability.Idempotent, CoreJson.Default.BackupArguments)
{
    internal BackupArguments Arguments => new(backup.Describe(database).Commands, backup.Describe(database).Expected);

    /// <summary>What was read and approved is what runs.</summary>
    protected override VerbDescription Describe(BackupArguments arguments)
    {
        VerbDescription now = backup.Describe(database);
        return now.Expected == arguments.Expected && now.Commands.SequenceEqual(arguments.Commands, StringComparer.Ordinal)
            ? now
            : throw new DeploymentException($"The backup of {database} is another one in this build of the pipeline: planned was `{string.Join("; ", arguments.Commands)}`, and it would do `{string.Join("; ", now.Commands)}`. Plan again and have that approved.");
    }

    protected override Task RunAsync(BackupArguments arguments, EffectContext context, CancellationToken cancellationToken) => backup.SecureAsync(database, context, cancellationToken);

    protected override Task<string?> VerifyAsync(BackupArguments arguments, EffectContext context, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
