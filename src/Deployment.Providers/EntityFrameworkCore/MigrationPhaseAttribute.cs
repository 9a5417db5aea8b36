using Deployment.Migrations;

namespace Deployment.Providers.EntityFrameworkCore;

/// <summary>Says when an EF Core migration runs: <see cref="ExpandMigrationAttribute"/>, <see cref="BackfillMigrationAttribute"/> or <see cref="ContractMigrationAttribute"/> above its class.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class MigrationPhaseAttribute : Attribute
{
    private protected MigrationPhaseAttribute(MigrationPhase phase) => Phase = phase;

    /// <summary>The part of the schema's change that it is.</summary>
    public MigrationPhase Phase { get; }

    /// <summary>Why nothing is to be done to undo it, as a sentence; its <c>Down</c> isn't looked at then. Null where <c>Down</c> undoes it. Default null.</summary>
    public string? NothingToUndo { get; set; }
}
