using System.Data.Common;
using System.Globalization;
using Deployment.Migrations;
using Deployment.Targets;

namespace Deployment.Sql.Running;

/// <summary>The table in the database that keeps what was applied. Its name is checked where it is set.</summary>
internal sealed class SqlHistory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SqlDialect _dialect;
    private readonly string _table;

    internal SqlHistory(SqlDialect dialect, SqlMigratorOptions options)
        : this(dialect, options.HistoryTable, options.HistoryTable)
    {
    }

    private SqlHistory(SqlDialect dialect, string name, string table) => (_dialect, Name, _table) = (dialect, name, table);

    /// <summary>What a person calls it.</summary>
    internal string Name { get; }

    /// <summary>The same with its schema: whatever a script sets for its session, the table stays this one.</summary>
    internal async Task<SqlHistory> QualifiedAsync(DbConnection connection, CancellationToken cancellationToken) => new(_dialect, Name, await _dialect.QualifyAsync(connection, Name, cancellationToken).ConfigureAwait(false));

    /// <summary>The table beside it that keeps how far backfills have come.</summary>
    internal async Task<BatchLedger?> LedgerAsync(DbConnection connection, CancellationToken cancellationToken) =>
        _dialect.Batches is { } batches ? new BatchLedger(batches, await _dialect.QualifyAsync(connection, Name + "_progress", cancellationToken).ConfigureAwait(false)) : null;

    /// <summary>In the order in which they were applied; empty where there is no table yet.</summary>
    internal async Task<IReadOnlyList<HistoryRow>> ReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            return [];
        }

        List<object?[]> rows = await SqlCommands.ReadAsync(connection, null, $"SELECT id, checksum, script, state, statements, begun, run FROM {_table} ORDER BY position", Patience, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new HistoryRow((string)row[0]!, (string?)row[1], (string?)row[2], StateOf((string)row[3]!), Number(row[4]), Number(row[5]), (string?)row[6]))];
    }

    internal async Task<HistoryRow?> FindAsync(DbConnection connection, string id, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, cancellationToken).ConfigureAwait(false)).FirstOrDefault(row => row.Id == id);

    internal Task<bool> ExistsAsync(DbConnection connection, CancellationToken cancellationToken) => _dialect.HasTableAsync(connection, _table, cancellationToken);

    internal Task CreateAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        SqlCommands.RunAsync(connection, transaction, _dialect.CreateHistory(_table), Patience, cancellationToken);

    /// <summary>Records a script as begun or as done where it has no transaction: in one of the record's own, so that the row is never missing.</summary>
    internal Task WriteAloneAsync(MigratorLock own, Migration migration, EffectContext context, HistoryState state, CancellationToken cancellationToken) =>
        AloneAsync(own, transaction => WriteAsync(own, transaction, migration, context, state, cancellationToken), cancellationToken);

    /// <summary>Records a script, in the transaction of what it does.</summary>
    internal async Task WriteAsync(MigratorLock own, DbTransaction transaction, Migration migration, EffectContext context, HistoryState state, CancellationToken cancellationToken)
    {
        await RemoveAsync(own.Connection, transaction, migration.Id, cancellationToken).ConfigureAwait(false);
        await InsertAsync(own.Connection, transaction, migration.Id, migration.Phase.ToString().ToLowerInvariant(), migration.Checksum, state, migration.Script, context.RunId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says how far a script without a transaction has come, and in which run.</summary>
    internal Task AdvanceAsync(MigratorLock own, string id, int begun, int done, string run, CancellationToken cancellationToken) => AloneAsync(
        own,
        transaction => SqlCommands.RunAsync(own.Connection, transaction, $"UPDATE {_table} SET begun = @begun, statements = @done, run = @run WHERE id = @id", Patience, cancellationToken, ("begun", begun), ("done", done), ("run", run), ("id", id)),
        cancellationToken);

    /// <summary>Says that an undo without a transaction begins. Who applied the script stays as it is.</summary>
    internal Task MarkUndoingAsync(MigratorLock own, string id, CancellationToken cancellationToken) => AloneAsync(
        own,
        transaction => SqlCommands.RunAsync(own.Connection, transaction, $"UPDATE {_table} SET state = @state WHERE id = @id", Patience, cancellationToken, ("state", TextOf(HistoryState.Undoing)), ("id", id)),
        cancellationToken);

    /// <summary>Records what counts as applied before the first migration.</summary>
    internal async Task AdoptAsync(DbConnection connection, DbTransaction transaction, IEnumerable<AppliedMigration> adopted, EffectContext context, CancellationToken cancellationToken)
    {
        foreach (AppliedMigration one in adopted)
        {
            await InsertAsync(connection, transaction, one.Id, "adopted", null, HistoryState.Applied, null, context.RunId, cancellationToken).ConfigureAwait(false);
        }
    }

    internal Task RemoveAsync(DbConnection connection, DbTransaction? transaction, string id, CancellationToken cancellationToken) =>
        SqlCommands.RunAsync(connection, transaction, $"DELETE FROM {_table} WHERE id = @id", Patience, cancellationToken, ("id", id));

    /// <summary>A record in a transaction of its own, by whom the migrator is, whatever the script has set for itself; behind it the script's settings count again.</summary>
    private static async Task AloneAsync(MigratorLock own, Func<DbTransaction, Task> write, CancellationToken cancellationToken)
    {
        await using DbTransaction transaction = await own.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await own.EnsureHeldAsync(transaction, "The record of a script", cancellationToken).ConfigureAwait(false);
        await own.RestoreAsync(transaction, cancellationToken).ConfigureAwait(false);
        await write(transaction).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task InsertAsync(DbConnection connection, DbTransaction transaction, string id, string phase, string? checksum, HistoryState state, string? script, string run, CancellationToken cancellationToken)
    {
        List<(string Name, object? Value)> values = [("id", id), ("phase", phase), ("checksum", checksum), ("state", TextOf(state)), ("script", script), ("run", run)];
        if (!_dialect.NumbersHistory)
        {
            // Under the lock nobody else takes the same one.
            List<object?[]> last = await SqlCommands.ReadAsync(connection, transaction, $"SELECT MAX(position) FROM {_table}", Patience, cancellationToken).ConfigureAwait(false);
            values.Add(("position", Number(last[0][0] ?? 0) + 1));
        }

        string sql = $"INSERT INTO {_table} ({string.Join(", ", values.Select(value => value.Name))}) VALUES ({string.Join(", ", values.Select(value => $"@{value.Name}"))})";
        await SqlCommands.RunAsync(connection, transaction, sql, Patience, cancellationToken, values).ConfigureAwait(false);
    }

    private static int Number(object? value) => Convert.ToInt32(value, CultureInfo.InvariantCulture);

    private static string TextOf(HistoryState state) => state switch
    {
        HistoryState.Applied => "applied",
        HistoryState.Undoing => "undoing",
        _ => "started",
    };

    private static HistoryState StateOf(string text) => text switch
    {
        "applied" => HistoryState.Applied,
        "undoing" => HistoryState.Undoing,
        _ => HistoryState.Started,
    };
}
