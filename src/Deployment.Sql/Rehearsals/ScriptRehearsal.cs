using System.Data.Common;
using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Sql.Rehearsals;

/// <summary>
/// Rehearses a folder in rounds, each on a database made anew. An undo that doesn't give back what was there would let those before it look wrong as well: they are
/// tried in the next round, which ends before it.
/// </summary>
internal sealed class ScriptRehearsal(string folder, SqlScratch scratch, SqlDialect dialect, SqlMigratorOptions options, int? baseline, TimeProvider time, Action<string>? report)
{
    private readonly EffectContext _context = new("rehearsal", "rehearsal", 1, new CommandRunner(time), new EnvironmentSecretStore(), time, report);
    private readonly string[] _own = [options.HistoryTable, options.HistoryTable + "_progress"];

    internal async Task<RehearsalReport> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            List<RehearsalScript>? scripts = null;
            IReadOnlyList<string> problems = [];
            int count = int.MaxValue;
            do
            {
                await using DbDataSource source = await scratch.CreateAsync(cancellationToken).ConfigureAwait(false);
                var migrator = new SqlMigrator(folder, source, dialect, Configure);
                MigrationsSeen seen = await BeginAsync(migrator, cancellationToken).ConfigureAwait(false);
                problems = scripts is null ? [.. seen.Problems] : problems;
                scripts ??= [.. InOrder(seen).Select(migration => new RehearsalScript(migration))];
                count = await RoundAsync(migrator, [.. scripts.Take(count)], cancellationToken).ConfigureAwait(false);
            }
            while (scripts.Take(count).Any(script => script.HasUndo));

            return new RehearsalReport([.. scripts.Select(script => script.Report())], problems);
        }
        finally
        {
            await scratch.DropAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Gives how many scripts the next round has; 0 for none.</summary>
    private async Task<int> RoundAsync(SqlMigrator migrator, IReadOnlyList<RehearsalScript> scripts, CancellationToken cancellationToken)
    {
        var round = new RehearsalRound(migrator, scratch, _own, _context);
        int applied = await round.ApplyAsync(scripts, cancellationToken).ConfigureAwait(false);
        if (applied < scripts.Count)
        {
            // What failed may have left something half done.
            return applied;
        }

        int stopped = await round.UndoAsync(scripts, cancellationToken).ConfigureAwait(false);
        if (stopped < 0 || scripts[stopped].Stays)
        {
            await round.ApplyAgainAsync(scripts.Skip(stopped + 1), cancellationToken).ConfigureAwait(false);
        }

        return Math.Max(0, stopped);
    }

    /// <summary>What was there before is applied, in the order of the folder, as it once was.</summary>
    private async Task<MigrationsSeen> BeginAsync(SqlMigrator migrator, CancellationToken cancellationToken)
    {
        MigrationsSeen seen = await migrator.ObserveAsync(cancellationToken).ConfigureAwait(false);
        if (baseline is null)
        {
            return seen;
        }

        SqlScriptFolder scripts = await SqlScriptFolder.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        HashSet<string> old = [.. scripts.Scripts.Where(script => script.Number <= baseline).Select(script => script.Id)];
        foreach (Migration migration in seen.Known.Where(migration => old.Contains(migration.Id)))
        {
            _context.Report($"Beginning with {migration.Id}.");
            await migrator.ApplyAsync(migration, _context, cancellationToken).ConfigureAwait(false);
        }

        return await migrator.ObserveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As a deployment applies them: what is repeatable after the expands, because it rests on them.</summary>
    private static IEnumerable<Migration> InOrder(MigrationsSeen seen)
    {
        HashSet<(string, string?)> applied = [.. seen.Applied.Select(one => (one.Id, one.Checksum))];
        HashSet<string> known = [.. seen.Applied.Select(one => one.Id)];
        return seen.Known
            .Where(migration => migration.IsRepeatable ? !applied.Contains((migration.Id, migration.Checksum)) : !known.Contains(migration.Id))
            .OrderBy(migration => migration.Phase)
            .ThenBy(migration => migration.IsRepeatable);
    }

    /// <summary>Nobody else is there.</summary>
    private void Configure(SqlMigratorOptions own)
    {
        own.Name = options.Name;
        own.HistoryTable = options.HistoryTable;
        own.Baseline = options.Baseline;
        own.LockTimeout = options.LockTimeout;
        own.LockPatience = options.LockPatience;
        own.StatementTimeout = options.StatementTimeout;
        own.MigratorPatience = options.MigratorPatience;
        own.MaxReplicaLag = TimeSpan.Zero;
    }
}
