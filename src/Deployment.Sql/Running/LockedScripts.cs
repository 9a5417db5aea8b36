using System.Data.Common;
using Deployment.Migrations;
using Deployment.Targets;

namespace Deployment.Sql.Running;

/// <summary>Applies scripts and takes them back, under the lock of migrators, with the table of what was applied as it is found then.</summary>
internal sealed class LockedScripts
{
    private readonly MigratorLock _own;
    private readonly SqlDialect _dialect;
    private readonly SqlRunner _runner;
    private readonly SqlHistory _history;
    private readonly BatchRunner? _batches;
    private readonly EffectContext _context;

    private LockedScripts(MigratorLock own, SqlDialect dialect, SqlRunner runner, SqlHistory history, BatchRunner? batches, EffectContext context) =>
        (_own, _dialect, _runner, _history, _batches, _context) = (own, dialect, runner, history, batches, context);

    private DbConnection Connection => _own.Connection;

    /// <summary>The table is made by whoever comes first, and what counts as applied is recorded by the first migrator.</summary>
    internal static async Task<LockedScripts> PrepareAsync(MigratorLock own, SqlDialect dialect, SqlMigratorOptions options, SqlRunner runner, SqlHistory unqualified, Adoption adoption, EffectContext context, CancellationToken cancellationToken)
    {
        SqlHistory history = await unqualified.QualifiedAsync(own.Connection, cancellationToken).ConfigureAwait(false);
        bool isThere = await history.ExistsAsync(own.Connection, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<HistoryRow> rows = await history.ReadAsync(own.Connection, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AppliedMigration> adopted = await adoption.OfAsync(own.Connection, rows, null, cancellationToken).ConfigureAwait(false);
        if (!isThere || adopted.Count > 0)
        {
            await using DbTransaction transaction = await own.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await own.EnsureHeldAsync(transaction, $"The table {history.Name}", cancellationToken).ConfigureAwait(false);
            await (isThere ? Task.CompletedTask : history.CreateAsync(own.Connection, transaction, cancellationToken)).ConfigureAwait(false);
            await history.AdoptAsync(own.Connection, transaction, adopted, context, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        BatchRunner? batches = await history.LedgerAsync(own.Connection, cancellationToken).ConfigureAwait(false) is { } ledger ? new BatchRunner(dialect.Batches!, options, runner, ledger) : null;
        return new LockedScripts(own, dialect, runner, history, batches, context);
    }

    internal async Task ApplyAsync(Migration migration, CancellationToken cancellationToken)
    {
        HistoryRow? row = await _history.FindAsync(Connection, migration.Id, cancellationToken).ConfigureAwait(false);
        if (SqlMigrator.Has(row, migration))
        {
            _context.Report($"{migration.Id} was applied already.");
            return;
        }

        if (Refusal(row, migration) is { } refusal)
        {
            throw new DeploymentException(refusal);
        }

        await (migration.Batches is not null ? InBatchesAsync(migration, cancellationToken)
            : migration.RunsInTransaction ? InTransactionAsync(migration, cancellationToken)
            : AloneAsync(migration, row, cancellationToken)).ConfigureAwait(false);
    }

    internal async Task UndoAsync(Migration migration, MigrationUndo undo, CancellationToken cancellationToken)
    {
        bool isHalfFilled = migration.Batches is not null && await Batches(migration).HasBegunAsync(Connection, migration.Id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<HistoryRow> rows = await _history.ReadAsync(Connection, cancellationToken).ConfigureAwait(false);
        HistoryRow? row = rows.FirstOrDefault(one => one.Id == migration.Id);
        if (row is null && !isHalfFilled)
        {
            // A script in a transaction that is not recorded changed nothing.
            return;
        }

        EnsureOwn(row, migration);
        var resting = new RestingScripts(migration.Id, rows, _dialect);
        await resting.NamedAsync(() => UndoAsync(migration, undo, row, resting.Later, isHalfFilled, cancellationToken)).ConfigureAwait(false);
    }

    private async Task UndoAsync(Migration migration, MigrationUndo undo, HistoryRow? row, IReadOnlyList<string> later, bool isHalfFilled, CancellationToken cancellationToken)
    {
        string what = $"The undo of {migration.Id}";
        if (undo.Script is not null && !undo.RunsInTransaction)
        {
            await (row is null ? Task.CompletedTask : _history.MarkUndoingAsync(_own, migration.Id, cancellationToken)).ConfigureAwait(false);
            await _runner.RunWithoutTransactionAsync(_own, what, undo.Script, null, _context, cancellationToken).ConfigureAwait(false);
        }

        await _runner.RunInTransactionAsync(
            _own,
            what,
            undo.RunsInTransaction ? undo.Script ?? "" : "",
            transaction => RemoveAsync(transaction, migration, later, isHalfFilled, cancellationToken),
            async other => await _history.FindAsync(other, migration.Id, CancellationToken.None).ConfigureAwait(false) is null && !(isHalfFilled && await Batches(migration).HasBegunAsync(other, migration.Id, CancellationToken.None).ConfigureAwait(false)),
            _context,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task RemoveAsync(DbTransaction transaction, Migration migration, IReadOnlyList<string> later, bool isHalfFilled, CancellationToken cancellationToken)
    {
        foreach (string id in later.Append(migration.Id))
        {
            await _history.RemoveAsync(Connection, transaction, id, cancellationToken).ConfigureAwait(false);
        }

        await (isHalfFilled ? Batches(migration).ForgetAsync(Connection, transaction, migration.Id, cancellationToken) : Task.CompletedTask).ConfigureAwait(false);
    }

    private Task InTransactionAsync(Migration migration, CancellationToken cancellationToken) => _runner.RunInTransactionAsync(
        _own,
        migration.Id,
        migration.Script,
        transaction => _history.WriteAsync(_own, transaction, migration, _context, HistoryState.Applied, cancellationToken),
        other => HasAsync(other, migration),
        _context,
        cancellationToken);

    private Task InBatchesAsync(Migration migration, CancellationToken cancellationToken) => Batches(migration).RunAsync(
        _own,
        migration,
        transaction => _history.WriteAsync(_own, transaction, migration, _context, HistoryState.Applied, cancellationToken),
        other => HasAsync(other, migration),
        _context,
        cancellationToken);

    private async Task AloneAsync(Migration migration, HistoryRow? row, CancellationToken cancellationToken)
    {
        // One that stopped half way goes on there.
        HistoryRow? before = row is { IsWhole: false } && row.Checksum == migration.Checksum ? row : null;
        _ = ScriptStatements.Alone(migration.Id, migration.Script);
        if (before is null)
        {
            await _history.WriteAloneAsync(_own, migration, _context, HistoryState.Started, cancellationToken).ConfigureAwait(false);
        }

        var log = new StatementLog(_history, _own, migration.Id, _context.RunId, before);
        await _runner.RunWithoutTransactionAsync(_own, migration.Id, migration.Script, log, _context, cancellationToken).ConfigureAwait(false);
        await _history.WriteAloneAsync(_own, migration, _context, HistoryState.Applied, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<bool> HasAsync(DbConnection connection, Migration migration) => SqlMigrator.Has(await _history.FindAsync(connection, migration.Id, CancellationToken.None).ConfigureAwait(false), migration);

    private BatchRunner Batches(Migration migration) => _batches ?? throw new DeploymentException($"{migration.Id} goes through a table in ranges, which the dialect of this database doesn't know. Write the change as plain statements.");

    private string? Refusal(HistoryRow? row, Migration migration) => row switch
    {
        { IsHalfUndone: true } => SqlMigrator.HalfUndone(row, _history),
        { IsWhole: true } when !migration.IsRepeatable => $"The database has {migration.Id} with the checksum {row.Checksum![..12]}, and {migration.Checksum[..12]} was to be applied. Plan again.",
        { IsWhole: false, Begun: > 0 } when row.Checksum != migration.Checksum => $"{migration.Id} stopped after {row.Statements} of its statements, with {row.Begun} begun, and was changed since. Put back what it was, with the checksum {row.Checksum![..12]}, and let it end; or undo it by hand and take its row out of {_history.Name}.",
        { IsWhole: false, Begun: > 0 } when migration.RunsInTransaction || migration.Batches is not null => $"{migration.Id} stopped after {row.Statements} of its statements, with {row.Begun} begun, when it ran without a transaction; as it is now it would begin anew. Let it end as it was; or undo it by hand and take its row out of {_history.Name}.",
        _ => null,
    };

    private void EnsureOwn(HistoryRow? row, Migration migration)
    {
        if (row is not null && (row.Checksum is null || (row.Run is not null && row.Run != (migration.AppliedBy ?? _context.RunId))))
        {
            throw new DeploymentException($"{migration.Id} is not undone: {(row.Checksum is null ? "the database had it before migrations were recorded there" : $"the run {row.Run} applied it")}, not {(migration.AppliedBy is { } other ? $"run {other}" : "this one")}. Whoever relies on it would lose it. If it is to go, undo it by hand, with what the runbook says.");
        }
    }
}
