using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>
/// Changes the schema of one database. The pipeline decides when: what it applies and undoes is what the runbook has. Several processes may ask at once,
/// so each change is made once, under a lock that the database frees when its holder dies.
/// </summary>
public interface IMigrator
{
    /// <summary>The database's name in this store, which runs claim: 1 to 63 letters, digits, '.' or '-'.</summary>
    string Name { get; }

    /// <summary>What a person needs for the commands: tools and addresses. Part of the plan, so the same each time.</summary>
    IReadOnlyList<Prerequisite> Prerequisites { get; }

    /// <summary>Looks what there is to apply and what was applied, and changes nothing.</summary>
    /// <exception cref="DeploymentException">The database or the source can't be read; the message says why and what to do.</exception>
    Task<MigrationsSeen> ObserveAsync(CancellationToken cancellationToken);

    /// <summary>Applies one, and records it together with its change where the database can. One that is recorded already is not applied again.</summary>
    /// <exception cref="DeploymentException">It could not be applied; what the database has is what it says that it has.</exception>
    Task ApplyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken);

    /// <summary>Whether one took effect, for a process that doesn't know.</summary>
    Task<ProbeResult> ProbeAsync(Migration migration, EffectContext context, CancellationToken cancellationToken);

    /// <summary>Null when it did what it should: it is recorded, and its query answers what is expected. Else a sentence that says what is wrong.</summary>
    Task<string?> VerifyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken);

    /// <summary>Undoes one, whether it happened, half happened or never happened, and takes it out of the record.</summary>
    /// <exception cref="DeploymentException">It could not be undone.</exception>
    Task UndoAsync(Migration migration, EffectContext context, CancellationToken cancellationToken);
}
