using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>Lets the migrations that a database lacks stand in a runbook, each as a step. Pure.</summary>
internal sealed class MigrationPlan(MigrationsDefinition? migrations, PlanningInput input)
{
    private static readonly MigrationsDefinition None = new([], new MigrationOptions());

    private readonly MigrationsDefinition _migrations = input.Kind == RunKind.Deploy && migrations is not null ? migrations : None;

    /// <summary>The databases that the run changes, or may.</summary>
    internal IReadOnlyList<MigrationResource> Databases => _migrations.Databases;

    /// <summary>What makes the plan impossible; going back is never refused for it.</summary>
    internal IEnumerable<string> Problems => Databases.SelectMany(database => MigrationRules.Problems(database.Name, Seen(database)));

    /// <summary>What is applied before the release is installed.</summary>
    internal void PlaceBefore(RunbookBuilder runbook)
    {
        foreach (MigrationResource database in Databases)
        {
            bool hasLater = _migrations.Options.BackfillAfterDeployment && Pending(database, MigrationPhase.Backfill).Count > 0;
            if (hasLater && Pending(database, MigrationPhase.Expand).Count == 0)
            {
                // Once for the run, and before anything of it is changed.
                database.PlaceBackup(runbook);
            }

            Place(runbook, database, [.. Pending(database, MigrationPhase.Expand), .. _migrations.Options.BackfillAfterDeployment ? [] : Pending(database, MigrationPhase.Backfill)]);
        }
    }

    /// <summary>Whether something is applied when the release takes all traffic: until that is done the run is not complete.</summary>
    internal bool HasAfter => _migrations.Options.BackfillAfterDeployment && Databases.Any(database => Pending(database, MigrationPhase.Backfill).Count > 0);

    /// <summary>What is applied when the release takes all traffic.</summary>
    internal void PlaceAfter(RunbookBuilder runbook)
    {
        foreach (MigrationResource database in _migrations.Options.BackfillAfterDeployment ? Databases : [])
        {
            Place(runbook, database, Pending(database, MigrationPhase.Backfill), withBackup: false);
        }
    }

    /// <summary>What is applied in runs of their own, when no release that needs the old schema can come back.</summary>
    /// <param name="targets">The targets that the deployment brings its release to.</param>
    internal IReadOnlyList<PlannedContract>? Contracts(IReadOnlyList<string> targets)
    {
        PlannedContract[] contracts = [.. from database in Databases
                                          let pending = Pending(database, MigrationPhase.Contract)
                                          where pending.Count > 0
                                          select new PlannedContract
                                          {
                                              Database = database.Name,
                                              Migrations = pending,
                                              After = _migrations.Options.RollbackWindow,
                                              Version = input.Release.Version,
                                              Targets = targets,
                                          }];
        return contracts.Length > 0 ? contracts : null;
    }

    /// <summary>One step for each migration, in the order of the source.</summary>
    internal static void Place(RunbookBuilder runbook, MigrationResource database, Observation seen, IReadOnlyList<Migration> pending, MigrationOptions options, bool withBackup = true)
    {
        if (pending.Count > 0)
        {
            runbook.Sequence(database.Name, steps =>
            {
                if (withBackup)
                {
                    database.PlaceBackup(steps);
                }

                foreach (Migration migration in pending)
                {
                    steps.Effect(TitleOf(migration), database.Apply(migration), UndoOf(database, migration), OptionsOf(database, migration, seen.ValueOf(Fact.OfMigration(migration.Id)), options));
                }
            });
        }
    }

    private void Place(RunbookBuilder runbook, MigrationResource database, IReadOnlyList<Migration> pending, bool withBackup = true) => Place(runbook, database, input.Observations[database.Name], pending, _migrations.Options, withBackup);

    private MigrationsSeen Seen(MigrationResource database) => input.Observations[database.Name].Migrations!;

    /// <summary>What is repeatable comes after what is not, because it rests on it.</summary>
    private IReadOnlyList<Migration> Pending(MigrationResource database, MigrationPhase phase)
    {
        MigrationsSeen seen = Seen(database);
        var applied = seen.Applied.GroupBy(one => one.Id, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Last().Checksum, StringComparer.Ordinal);
        return [.. seen.Known.Where(migration => migration.Phase == phase && (!applied.TryGetValue(migration.Id, out string? checksum) || (migration.IsRepeatable && checksum != migration.Checksum))).OrderBy(migration => migration.IsRepeatable)];
    }

    private static string TitleOf(Migration migration) => $"{migration.Phase}: {migration.Id}";

    private static Undo UndoOf(MigrationResource database, Migration migration) => migration switch
    {
        { DestroysData: { } lost } => Undo.Impossible(lost),
        { Undo: { IsImpossible: true, Reason: { } reason } } => Undo.Impossible(reason),
        { Undo.Script: null } or { Undo: null } => Undo.Nothing(migration.Undo?.Reason ?? "It stays: older releases work with it."),
        { Phase: MigrationPhase.Contract } => Undo.By(database.Undo(migration)),
        _ => Undo.Kept(database.Undo(migration), "The schema stays forward: the new release may have written to it, and older ones work with it."),
    };

    private static EffectOptions OptionsOf(MigrationResource database, Migration migration, string before, MigrationOptions options) => new()
    {
        Phase = migration.Phase switch
        {
            MigrationPhase.Expand => Phase.Expand,
            MigrationPhase.Backfill => Phase.Backfill,
            _ => Phase.Contract,
        },
        Retry = new RetryPolicy { Timeout = migration.Phase == MigrationPhase.Backfill ? options.BackfillTimeout : options.Timeout },
        OnLaterFailure = migration.Phase switch
        {
            MigrationPhase.Expand => options.AfterExpand,
            MigrationPhase.Backfill => options.AfterBackfill,
            _ => MigratedFailure.RollBack,
        },
        // Of what nothing tells no state is expected afterwards.
        Changes = migration.IsUnrecorded ? [] : [new FactChange(database.Name, Fact.OfMigration(migration.Id), before, migration.Checksum)],
    };
}
