using System.Data.Common;
using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Sql.Running;
using Deployment.Targets;

namespace Deployment.Sql;

/// <summary>
/// Applies a folder of SQL scripts (<see cref="SqlScriptFolder"/>) to a database. Each runs in one transaction with its record, or, where it says so, statement by
/// statement; one migrator works at a time.
/// </summary>
public sealed class SqlMigrator : IMigrator
{
    private readonly string _folder;
    private readonly DbDataSource _dataSource;
    private readonly SqlDialect _dialect;
    private readonly SqlMigratorOptions _options;
    private readonly SqlHistory _history;
    private readonly SqlRunner _runner;
    private readonly LockRetry _locks;
    private readonly Adoption _adoption;

    /// <summary>Creates a migrator.</summary>
    /// <param name="folder">The folder of scripts.</param>
    /// <param name="dataSource">The database; it stays the caller's.</param>
    /// <param name="dialect">What is special about it.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <param name="random">Spreads attempts to have locks; null for one of its own.</param>
    /// <exception cref="DeploymentValidationException">Options are wrong; all errors together.</exception>
    public SqlMigrator(string folder, DbDataSource dataSource, SqlDialect dialect, Action<SqlMigratorOptions>? configure = null, Random? random = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(dialect);
        var options = new SqlMigratorOptions();
        configure?.Invoke(options);
        _options = options.Copy();
        string[] problems = [.. _options.Problems()];
        if (problems.Length > 0)
        {
            throw new DeploymentValidationException("The SQL migrator", problems);
        }

        _folder = folder;
        _dataSource = dataSource;
        _dialect = dialect;
        _history = new SqlHistory(dialect, _options);
        random ??= new Random();
        _runner = new SqlRunner(dialect, _options, dataSource, random);
        _locks = new LockRetry(dialect, _options, random);
        _adoption = new Adoption(folder, dialect, _options);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public IReadOnlyList<Prerequisite> Prerequisites => _dialect.QueryCommands(_dialect.CreateHistory(_options.HistoryTable)) is { Count: > 0 } commands
        ? [.. _dialect.Prerequisites, new Prerequisite($"The table {_options.HistoryTable} of {Name} must be there, which the first migration makes otherwise:", commands)]
        : _dialect.Prerequisites;

    /// <inheritdoc/>
    public async Task<MigrationsSeen> ObserveAsync(CancellationToken cancellationToken)
    {
        SqlScriptFolder folder;
        try
        {
            folder = await SqlScriptFolder.ReadAsync(_folder, cancellationToken).ConfigureAwait(false);
        }
        catch (DeploymentValidationException invalid)
        {
            return new MigrationsSeen { Problems = invalid.Errors };
        }

        IReadOnlyList<SqlFinding> findings = [.. SqlLint.Check(folder).Where(finding => _dialect.Checks(finding.Rule))];
        try
        {
            await using DbConnection connection = await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<HistoryRow> rows = await _history.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<AppliedMigration> adopted = await _adoption.OfAsync(connection, rows, folder, cancellationToken).ConfigureAwait(false);
            return new MigrationsSeen
            {
                Known = [.. folder.Scripts.Select(script => ScriptMigrations.Of(script, findings, _folder, _dialect, _options.HistoryTable))],
                Applied = [.. adopted, .. rows.Where(row => row.IsWhole || row.IsHalfUndone).Select(row => new AppliedMigration(row.Id, row.Checksum))],
                Problems = [.. ScriptProblems.Of(folder, findings, rows, adopted, _dialect), .. rows.Where(row => row.IsHalfUndone).Select(row => HalfUndone(row, _history)), .. LeftFilled.Of(folder, rows, adopted, _history.Name)],
            };
        }
        catch (DbException error)
        {
            throw new DeploymentException($"The database {Name} can't be looked at: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        ArgumentNullException.ThrowIfNull(context);
        await LockedAsync(migration.Id, scripts => scripts.ApplyAsync(migration, cancellationToken), context, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ProbeResult> ProbeAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        await using DbConnection connection = await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        HistoryRow? row = await _history.FindAsync(connection, migration.Id, cancellationToken).ConfigureAwait(false);
        return row is { IsHalfUndone: true } ? ProbeResult.Unknown : Has(row, migration) ? ProbeResult.TookEffect : ProbeResult.DidNotTakeEffect;
    }

    /// <inheritdoc/>
    public async Task<string?> VerifyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        await using DbConnection connection = await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        HistoryRow? row = await _history.FindAsync(connection, migration.Id, cancellationToken).ConfigureAwait(false);
        if (!Has(row, migration))
        {
            return row is { IsHalfUndone: true } ? HalfUndone(row, _history) : $"{Name} has no record of {migration.Id}.";
        }

        foreach (MigrationVerification verification in migration.Verifications)
        {
            string? problem = null;
            // A question that waits for somebody's lock says nothing about the migration.
            await _locks.RunAsync(
                $"The verification of {migration.Id}",
                async () => problem = await SqlAnswers.DisagreementAsync(connection, _dialect, verification, _options, cancellationToken).ConfigureAwait(false),
                context,
                cancellationToken).ConfigureAwait(false);
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async Task UndoAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        ArgumentNullException.ThrowIfNull(context);
        if (migration.Undo is not { } undo || undo.IsImpossible)
        {
            throw new DeploymentException($"{migration.Id} can't be undone: {migration.Undo?.Reason ?? "it has no undo."}");
        }

        await LockedAsync($"The undo of {migration.Id}", scripts => scripts.UndoAsync(migration, undo, cancellationToken), context, cancellationToken).ConfigureAwait(false);
    }

    internal static bool Has(HistoryRow? row, Migration migration) => row is { IsWhole: true } && (row.Checksum is null || row.Checksum == migration.Checksum);

    internal static string HalfUndone(HistoryRow row, SqlHistory history) =>
        $"The undo of {row.Id} stopped half way, so nobody knows what of it is still there. Undo it again (its run, or PlanUndoMigrationsAsync, which takes no contracts); or undo the rest by hand, with what the runbook says, and take its row out of {history.Name}.";

    private async Task LockedAsync(string what, Func<LockedScripts, Task> work, EffectContext context, CancellationToken cancellationToken)
    {
        await using MigratorLock own = await MigratorLock.TakeAsync(_dialect, _dataSource, _options, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        LockedScripts scripts = await LockedScripts.PrepareAsync(own, _dialect, _options, _runner, _history, _adoption, context, cancellationToken).ConfigureAwait(false);
        await work(scripts).ConfigureAwait(false);
        await own.ReleaseAsync(what).ConfigureAwait(false);
    }
}
