using Deployment.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Deployment.Providers.EntityFrameworkCore.Reading;

/// <summary>Finds when a migration runs, and what speaks against that.</summary>
internal static class Phases
{
    /// <param name="which">The migration, as the beginning of a sentence.</param>
    /// <param name="declared">What its class says; null where it says nothing.</param>
    /// <param name="operations">What it does.</param>
    internal static (MigrationPhase Phase, string? Problem) Of(string which, MigrationPhaseAttribute? declared, IReadOnlyList<MigrationOperation> operations)
    {
        ILookup<OperationEffect, MigrationOperation> by = operations.ToLookup(operation => Operations.EffectOf(operation, operations));
        MigrationOperation[] takes = [.. by[OperationEffect.Destroys], .. by[OperationEffect.Breaks]];
        MigrationOperation[] adds = [.. by[OperationEffect.Adds]];
        MigrationPhase phase = declared?.Phase ?? (takes.Length > 0 ? MigrationPhase.Contract : MigrationPhase.Expand);
        return (phase, takes.Length > 0 && adds.Length > 0
            ? $"{which} {Words(adds)}, and {Words(takes)}. Make two migrations of it: what adds runs before the release comes, and what takes away when no older one can come back."
            : declared is null ? Undeclared(which, takes, [.. by[OperationEffect.ChangesRows], .. by[OperationEffect.Unknown]]) : Wrong(which, phase, takes, adds, operations));
    }

    private static string? Undeclared(string which, MigrationOperation[] takes, MigrationOperation[] unclear) =>
        takes.Length > 0
            ? $"{which} {Words(takes)}, which older releases need. Declare it a contract: write [ContractMigration] above its class."
            : unclear.Length > 0
                ? $"{which} {Words(unclear)}, and whether older releases work with that can't be seen. Say when it runs: write [ExpandMigration], [BackfillMigration] or [ContractMigration] above its class."
                : null;

    private static string? Wrong(string which, MigrationPhase phase, MigrationOperation[] takes, MigrationOperation[] adds, IReadOnlyList<MigrationOperation> operations) => phase switch
    {
        MigrationPhase.Contract when adds.Length > 0 => $"{which} is a contract and {Words(adds)}, which would come too late for the release that needs it. Put that into a migration of its own.",
        not MigrationPhase.Contract when takes.Length > 0 => $"{which} is declared as {phase.ToString().ToLowerInvariant()} and {Words(takes)}, which only a contract may: older releases need it. Put that into a migration of its own, with [ContractMigration] above its class.",
        MigrationPhase.Backfill when operations.Any(operation => !Operations.MayBackfill(operation)) => $"{which} is a backfill and {Words([.. operations.Where(operation => !Operations.MayBackfill(operation))])}; a backfill changes rows, not the schema. Put that into a migration of its own.",
        _ => null,
    };

    private static string Words(MigrationOperation[] operations) => string.Join(", ", operations.Select(Operations.Words));
}
