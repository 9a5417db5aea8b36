using Deployment.Commands;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>A database as runs observe, claim and change it.</summary>
internal sealed class MigrationResource : DeploymentTarget
{
    private readonly IMigrator _migrator;
    private readonly ApplyMigrationVerb _apply;
    private readonly UndoMigrationVerb _undo;
    private readonly IDatabaseBackup? _backup;
    private readonly BackupVerb? _secure;
    private readonly EndBackupVerb? _end;

    /// <param name="migrator">Changes it.</param>
    /// <param name="backup">What it has before it is changed; null for nothing.</param>
    internal MigrationResource(IMigrator migrator, IDatabaseBackup? backup = null)
        : base(migrator.Name)
    {
        _migrator = migrator;
        _apply = new ApplyMigrationVerb(migrator);
        _undo = new UndoMigrationVerb(migrator);
        _backup = backup;
        (_secure, _end) = backup is null ? (null, null) : (new BackupVerb(Name, backup), new EndBackupVerb(Name, backup));
        Verbs = [_apply, _undo, .. new Verb?[] { _secure, _end }.OfType<Verb>()];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    public override IReadOnlyList<Prerequisite> Prerequisites => [.. _migrator.Prerequisites, .. _backup?.Prerequisites ?? []];

    /// <summary>Where the user's code comes from.</summary>
    internal IEnumerable<Type> Implementations => [_migrator.GetType(), .. _backup is null ? Array.Empty<Type>() : [_backup.GetType()]];

    /// <summary>Lends the migrator what runs commands.</summary>
    internal void Lend(ICommandRunner commands)
    {
        if (_migrator is IAskByCommand asking)
        {
            asking.Commands = commands;
        }
    }

    public override async Task<Observation> ObserveAsync(CancellationToken cancellationToken) => new()
    {
        Target = Name,
        Migrations = await _migrator.ObserveAsync(cancellationToken),
    };

    public override string? Refuses(Artifact artifact) => null;

    /// <summary>Lets the backup stand in a runbook, where there is one.</summary>
    internal void PlaceBackup(RunbookBuilder steps)
    {
        if (_backup is not null)
        {
            BackupArguments arguments = _secure!.Arguments;
            // One attempt: it may take hours, and the run can be resumed.
            var options = new EffectOptions { Phase = Phase.Backup, Retry = new RetryPolicy { Timeout = _backup.Timeout, Attempts = 1 } };
            steps.Effect($"Backup: {Name}", _secure.Of(Name, arguments), Runbooks.Undo.Kept(_end!.Of(Name, arguments), "A backup is kept: it changes nothing."), options);
        }
    }

    internal Operation Apply(Migration migration) => _apply.Of(Name, migration);

    internal Operation Undo(Migration migration) => _undo.Of(Name, migration);
}
