using Deployment.Migrations;

namespace Deployment.Providers.EntityFrameworkCore;

/// <summary>It takes away what only older releases need, in a run of its own, when none of them can come back.</summary>
public sealed class ContractMigrationAttribute() : MigrationPhaseAttribute(MigrationPhase.Contract)
{
    /// <summary>Which data are gone afterwards, as a sentence; null for what its operations drop. Say it where SQL of your own destroys data. Default null.</summary>
    public string? DestroysData { get; set; }

    /// <summary>Why nothing can undo it, as a sentence; null where <c>Down</c> undoes it. Default null.</summary>
    public string? CannotBeUndone { get; set; }
}
