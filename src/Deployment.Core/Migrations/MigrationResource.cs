using Deployment.Commands;
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

    internal MigrationResource(IMigrator migrator)
        : base(migrator.Name)
    {
        _migrator = migrator;
        _apply = new ApplyMigrationVerb(migrator);
        _undo = new UndoMigrationVerb(migrator);
        Verbs = [_apply, _undo];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    public override IReadOnlyList<Prerequisite> Prerequisites => _migrator.Prerequisites;

    /// <summary>Where the user's code comes from.</summary>
    internal Type Implementation => _migrator.GetType();

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

    internal Operation Apply(Migration migration) => _apply.Of(Name, migration);

    internal Operation Undo(Migration migration) => _undo.Of(Name, migration);
}
