using System.Data.Common;
using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Sql.Running;
using Deployment.Sql.Scripts;
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
    private readonly BatchRunner _batches;

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
        _runner = new SqlRunner(dialect, _options, dataSource, random ?? new Random());
        _batches = new BatchRunner(dialect, _options, _runner);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public IReadOnlyList<Prerequisite> Prerequisites => _dialect.Prerequisites;

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

        IReadOnlyList<SqlFinding> findings = SqlLint.Check(folder);
        try
        {
            await using DbConnection connection = await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<HistoryRow> rows = await _history.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<AppliedMigration> adopted = rows.Count > 0 ? [] : await AdoptedAsync(connection, folder, cancellationToken).ConfigureAwait(false);
            return new MigrationsSeen
            {
                Known = [.. folder.Scripts.Select(script => ScriptMigrations.Of(script, findings, _folder, _dialect, _options.HistoryTable))],
                Applied = [.. adopted, .. rows.Where(row => row.IsWhole).Select(row => new AppliedMigration(row.Id, row.Checksum))],
                Problems = [.. findings.Where(finding => finding is { IsIgnored: false, Rule.Severity: SqlSeverity.Error } && IsPending(finding, folder, rows, adopted)).Select(finding => finding.ToString()), .. Changed(folder, rows)],
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
        await using MigratorLock own = await LockAsync(context, cancellationToken).ConfigureAwait(false);
        await PrepareAsync(own.Connection, context, cancellationToken).ConfigureAwait(false);
        HistoryRow? row = await _history.FindAsync(own.Connection, migration.Id, cancellationToken).ConfigureAwait(false);
        if (row is { IsWhole: true } && (row.Checksum is null || row.Checksum == migration.Checksum))
        {
            context.Report($"{migration.Id} was applied already.");
            return;
        }

        if (row is { IsWhole: true } && !migration.IsRepeatable)
        {
            throw new DeploymentException($"{Name} has {migration.Id} with the checksum {row.Checksum![..12]}, and {migration.Checksum[..12]} was to be applied. Plan again.");
        }

        if (row is { IsWhole: false, Begun: > 0 } && row.Checksum != migration.Checksum)
        {
            throw new DeploymentException($"{migration.Id} stopped after {row.Statements} of its statements, with {row.Begun} begun, and was changed since. Put back what it was, with the checksum {row.Checksum![..12]}, and let it end; or undo it by hand and take its row out of {_options.HistoryTable}.");
        }

        await (migration.Batches is not null ? InBatchesAsync(own.Connection, migration, context, cancellationToken) : migration.RunsInTransaction ? InTransactionAsync(own.Connection, migration, context, cancellationToken) : AloneAsync(own.Connection, migration, row, context, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ProbeResult> ProbeAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        await using DbConnection connection = await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return await HasAsync(connection, migration, cancellationToken).ConfigureAwait(false) ? ProbeResult.TookEffect : ProbeResult.DidNotTakeEffect;
    }

    /// <inheritdoc/>
    public async Task<string?> VerifyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        await using DbConnection connection = await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (!await HasAsync(connection, migration, cancellationToken).ConfigureAwait(false))
        {
            return $"{Name} has no record of {migration.Id}.";
        }

        foreach (MigrationVerification verification in migration.Verifications)
        {
            if (await SqlAnswers.DisagreementAsync(connection, _dialect, verification, _options, cancellationToken).ConfigureAwait(false) is { } problem)
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

        await using MigratorLock own = await LockAsync(context, cancellationToken).ConfigureAwait(false);
        await PrepareAsync(own.Connection, context, cancellationToken).ConfigureAwait(false);
        bool isHalfFilled = migration.Batches is not null && await _batches.HasBegunAsync(own.Connection, migration.Id, cancellationToken).ConfigureAwait(false);
        HistoryRow? row = await _history.FindAsync(own.Connection, migration.Id, cancellationToken).ConfigureAwait(false);
        if (row is null && !isHalfFilled)
        {
            // A script in a transaction that is not recorded changed nothing.
            return;
        }

        if (row is not null && (row.Checksum is null || (row.Run is not null && row.Run != (migration.AppliedBy ?? context.RunId))))
        {
            throw new DeploymentException($"{migration.Id} is not undone: {(row.Checksum is null ? $"{Name} had it before migrations were recorded there" : $"the run {row.Run} applied it")}, not {(migration.AppliedBy is { } other ? $"run {other}" : "this one")}. Whoever relies on it would lose it. If it is to go, undo it by hand, with what the runbook says.");
        }

        string what = $"The undo of {migration.Id}";
        if (undo.Script is null)
        {
            await RemoveAsync(own.Connection, null, migration, isHalfFilled, cancellationToken).ConfigureAwait(false);
        }
        else if (undo.RunsInTransaction)
        {
            await _runner.RunInTransactionAsync(
                own.Connection,
                what,
                undo.Script,
                transaction => RemoveAsync(own.Connection, transaction, migration, isHalfFilled, cancellationToken),
                async other => await _history.FindAsync(other, migration.Id, CancellationToken.None).ConfigureAwait(false) is null && !(isHalfFilled && await _batches.HasBegunAsync(other, migration.Id, CancellationToken.None).ConfigureAwait(false)),
                context,
                cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await _runner.RunWithoutTransactionAsync(own.Connection, what, undo.Script, null, context, cancellationToken).ConfigureAwait(false);
            await RemoveAsync(own.Connection, null, migration, isHalfFilled, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(DbConnection connection, DbTransaction? transaction, Migration migration, bool isHalfFilled, CancellationToken cancellationToken)
    {
        await _history.RemoveAsync(connection, transaction, migration.Id, cancellationToken).ConfigureAwait(false);
        await (isHalfFilled ? _batches.ForgetAsync(connection, transaction, migration.Id, cancellationToken) : Task.CompletedTask).ConfigureAwait(false);
    }

    private Task InTransactionAsync(DbConnection connection, Migration migration, EffectContext context, CancellationToken cancellationToken) => _runner.RunInTransactionAsync(
        connection,
        migration.Id,
        migration.Script,
        transaction => _history.WriteAsync(connection, transaction, migration, context, isWhole: true, cancellationToken),
        other => HasAsync(other, migration, CancellationToken.None),
        context,
        cancellationToken);

    private Task InBatchesAsync(DbConnection connection, Migration migration, EffectContext context, CancellationToken cancellationToken) => _batches.RunAsync(
        connection,
        migration,
        transaction => _history.WriteAsync(connection, transaction, migration, context, isWhole: true, cancellationToken),
        other => HasAsync(other, migration, CancellationToken.None),
        context,
        cancellationToken);

    private async Task AloneAsync(DbConnection connection, Migration migration, HistoryRow? row, EffectContext context, CancellationToken cancellationToken)
    {
        // One that stopped half way goes on there.
        HistoryRow? before = row is { IsWhole: false } && row.Checksum == migration.Checksum ? row : null;
        if (before is null)
        {
            await _history.WriteAloneAsync(connection, migration, context, isWhole: false, cancellationToken).ConfigureAwait(false);
        }

        var log = new StatementLog(_history, _options, connection, migration.Id, context.RunId, before);
        await _runner.RunWithoutTransactionAsync(connection, migration.Id, migration.Script, log, context, cancellationToken).ConfigureAwait(false);
        await _history.WriteAloneAsync(connection, migration, context, isWhole: true, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<bool> HasAsync(DbConnection connection, Migration migration, CancellationToken cancellationToken) =>
        await _history.FindAsync(connection, migration.Id, cancellationToken).ConfigureAwait(false) is { IsWhole: true } row && (row.Checksum is null || row.Checksum == migration.Checksum);

    private Task<MigratorLock> LockAsync(EffectContext context, CancellationToken cancellationToken) => MigratorLock.TakeAsync(_dialect, _dataSource, _options, context.TimeProvider, cancellationToken);

    /// <summary>Under the lock: the table is made by whoever comes first, and what counts as applied is recorded by whoever finds it empty.</summary>
    private async Task PrepareAsync(DbConnection connection, EffectContext context, CancellationToken cancellationToken)
    {
        if ((await _history.ReadAsync(connection, cancellationToken).ConfigureAwait(false)).Count > 0)
        {
            return;
        }

        IReadOnlyList<AppliedMigration> adopted = await AdoptedAsync(connection, await SqlScriptFolder.ReadAsync(_folder, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await using DbTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await _history.CreateAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        await _history.AdoptAsync(connection, transaction, adopted, context, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a database that was made by other means has already: up to the baseline, or up to what Flyway applied.</summary>
    private async Task<IReadOnlyList<AppliedMigration>> AdoptedAsync(DbConnection connection, SqlScriptFolder folder, CancellationToken cancellationToken)
    {
        int? last = _options.Baseline ?? await FlywayHistory.LastAsync(connection, _history, cancellationToken).ConfigureAwait(false);
        return last is null ? [] : [.. folder.Scripts.Where(script => script.Number <= last).Select(script => new AppliedMigration(script.Id, null))];
    }

    private static bool IsPending(SqlFinding finding, SqlScriptFolder folder, IReadOnlyList<HistoryRow> rows, IReadOnlyList<AppliedMigration> adopted) =>
        folder.Scripts.FirstOrDefault(script => script.FileName == finding.FileName || script.Undo?.FileName == finding.FileName) is not { } script
        || (!rows.Any(row => row.IsWhole && row.Id == script.Id && (!script.IsRepeatable || row.Checksum == script.Checksum)) && !adopted.Any(one => one.Id == script.Id));

    private static IEnumerable<string> Changed(SqlScriptFolder folder, IReadOnlyList<HistoryRow> rows) =>
        from script in folder.Scripts
        where !script.IsRepeatable
        let row = rows.FirstOrDefault(row => row.IsWhole && row.Id == script.Id)
        where row is { Checksum: not null, Script: not null } && row.Checksum != script.Checksum
        select $"{script.FileName} was changed since it ran:\n{SqlTextDiff.Unified(row.Script!, script.Text)}";
}
