using System.Data.Common;
using System.Globalization;
using Deployment.Migrations;
using Deployment.Targets;

namespace Deployment.Sql.Running;

/// <summary>The table in the database that keeps what was applied. Its name is checked where it is set.</summary>
internal sealed class SqlHistory(SqlDialect dialect, SqlMigratorOptions options)
{
    private const string Applied = "applied";
    private const string Started = "started";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>In the order in which they were applied; empty where there is no table yet.</summary>
    internal async Task<IReadOnlyList<HistoryRow>> ReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(connection, options.HistoryTable, cancellationToken).ConfigureAwait(false))
        {
            return [];
        }

        List<object?[]> rows = await SqlCommands.ReadAsync(connection, null, $"SELECT id, checksum, script, state, statements, begun, run FROM {options.HistoryTable} ORDER BY position", Patience, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new HistoryRow((string)row[0]!, (string?)row[1], (string?)row[2], (string)row[3]! == Applied, Convert.ToInt32(row[4], CultureInfo.InvariantCulture), Convert.ToInt32(row[5], CultureInfo.InvariantCulture), (string?)row[6]))];
    }

    internal async Task<HistoryRow?> FindAsync(DbConnection connection, string id, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, cancellationToken).ConfigureAwait(false)).FirstOrDefault(row => row.Id == id);

    internal Task CreateAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        SqlCommands.RunAsync(connection, transaction, dialect.CreateHistory(options.HistoryTable), Patience, cancellationToken);

    /// <summary>Records a script as begun or as done where it has no transaction: in one of the record's own, so that the row is never missing.</summary>
    internal async Task WriteAloneAsync(DbConnection connection, Migration migration, EffectContext context, bool isWhole, CancellationToken cancellationToken)
    {
        await using DbTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await WriteAsync(connection, transaction, migration, context, isWhole, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records a script, in the transaction of what it does.</summary>
    internal async Task WriteAsync(DbConnection connection, DbTransaction transaction, Migration migration, EffectContext context, bool isWhole, CancellationToken cancellationToken)
    {
        await RemoveAsync(connection, transaction, migration.Id, cancellationToken).ConfigureAwait(false);
        await SqlCommands.RunAsync(
            connection,
            transaction,
            $"INSERT INTO {options.HistoryTable} (id, phase, checksum, state, script, run) VALUES (@id, @phase, @checksum, @state, @script, @run)",
            Patience,
            cancellationToken,
            ("id", migration.Id),
            ("phase", migration.Phase.ToString().ToLowerInvariant()),
            ("checksum", migration.Checksum),
            ("state", isWhole ? Applied : Started),
            ("script", migration.Script),
            ("run", context.RunId)).ConfigureAwait(false);
    }

    /// <summary>Says how far a script without a transaction has come, and in which run.</summary>
    internal Task AdvanceAsync(DbConnection connection, string id, int begun, int done, string run, CancellationToken cancellationToken) =>
        SqlCommands.RunAsync(connection, null, $"UPDATE {options.HistoryTable} SET begun = @begun, statements = @done, run = @run WHERE id = @id", Patience, cancellationToken, ("begun", begun), ("done", done), ("run", run), ("id", id));

    /// <summary>Records what counts as applied before the first migration.</summary>
    internal async Task AdoptAsync(DbConnection connection, DbTransaction transaction, IEnumerable<AppliedMigration> adopted, EffectContext context, CancellationToken cancellationToken)
    {
        foreach (AppliedMigration one in adopted)
        {
            await SqlCommands.RunAsync(
                connection,
                transaction,
                $"INSERT INTO {options.HistoryTable} (id, phase, checksum, state, script, run) VALUES (@id, 'adopted', NULL, @state, NULL, @run)",
                Patience,
                cancellationToken,
                ("id", one.Id),
                ("state", Applied),
                ("run", context.RunId)).ConfigureAwait(false);
        }
    }

    internal Task RemoveAsync(DbConnection connection, DbTransaction? transaction, string id, CancellationToken cancellationToken) =>
        SqlCommands.RunAsync(connection, transaction, $"DELETE FROM {options.HistoryTable} WHERE id = @id", Patience, cancellationToken, ("id", id));

    internal async Task<bool> ExistsAsync(DbConnection connection, string table, CancellationToken cancellationToken)
    {
        List<object?[]> rows = await SqlCommands.ReadAsync(connection, null, dialect.HasTable, Patience, cancellationToken, ("table", table)).ConfigureAwait(false);
        return Convert.ToInt64(rows[0][0], CultureInfo.InvariantCulture) == 1;
    }
}
