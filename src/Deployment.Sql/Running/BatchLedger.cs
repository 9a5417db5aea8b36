using System.Data.Common;
using System.Globalization;
using Deployment.Migrations;

namespace Deployment.Sql.Running;

/// <summary>The table in the database that keeps how far backfills have come, in the transaction of each batch.</summary>
internal sealed class BatchLedger(SqlBatchDialect dialect, string table)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal Task CreateAsync(DbConnection connection, CancellationToken cancellationToken) => SqlCommands.RunAsync(connection, null, dialect.CreateProgress(table), Patience, cancellationToken);

    internal async Task<BatchProgress?> FindAsync(DbConnection connection, string id, CancellationToken cancellationToken)
    {
        List<object?[]> rows = await SqlCommands.ReadAsync(connection, null, $"SELECT checksum, last, until, rows, total, run FROM {table} WHERE id = @id", Patience, cancellationToken, ("id", id)).ConfigureAwait(false);
        return rows is [{ } row]
            ? new BatchProgress((string)row[0]!, (string?)row[1], (string)row[2]!, Convert.ToInt64(row[3], CultureInfo.InvariantCulture), Convert.ToInt64(row[4], CultureInfo.InvariantCulture), (string)row[5]!)
            : null;
    }

    internal Task BeginAsync(DbConnection connection, Migration migration, BatchProgress progress, CancellationToken cancellationToken) => SqlCommands.RunAsync(
        connection, null, $"INSERT INTO {table} (id, checksum, until, total, run) VALUES (@id, @checksum, @until, @total, @run)", Patience, cancellationToken,
        ("id", migration.Id), ("checksum", progress.Checksum), ("until", progress.Until), ("total", progress.Total), ("run", progress.Run));

    internal Task AdvanceAsync(DbConnection connection, DbTransaction transaction, string id, string last, long rows, CancellationToken cancellationToken) => SqlCommands.RunAsync(
        connection, transaction, $"UPDATE {table} SET last = @last, rows = @rows, updated_at = CURRENT_TIMESTAMP WHERE id = @id", Patience, cancellationToken,
        ("last", last), ("rows", rows), ("id", id));

    internal Task EndAsync(DbConnection connection, DbTransaction? transaction, string id, CancellationToken cancellationToken) =>
        SqlCommands.RunAsync(connection, transaction, $"DELETE FROM {table} WHERE id = @id", Patience, cancellationToken, ("id", id));
}
