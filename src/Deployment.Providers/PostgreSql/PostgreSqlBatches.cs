using System.Data.Common;
using System.Globalization;
using Deployment.Migrations;
using Deployment.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Deployment.Providers.PostgreSql;

/// <summary>How a backfill goes through a table of PostgreSQL.</summary>
internal sealed class PostgreSqlBatches : SqlBatchDialect
{
    public override string CreateProgress(string table) => $"""
        CREATE TABLE IF NOT EXISTS {table} (
            id text PRIMARY KEY,
            checksum text NOT NULL,
            last text,
            until text NOT NULL,
            rows bigint NOT NULL DEFAULT 0,
            total bigint NOT NULL,
            run text NOT NULL,
            updated_at timestamptz NOT NULL DEFAULT now()
        )
        """;

    public override string EstimateRows => "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass(@table)";

    public override string ReplicaLag => "SELECT CASE WHEN bool_or(state IS NULL) THEN NULL ELSE coalesce(max(extract(epoch FROM replay_lag)), 0) END::float8 FROM pg_stat_replication";

    public override async Task<(string First, string Last)?> NextRangeAsync(DbConnection connection, DbTransaction transaction, MigrationBatches batches, string? after, string until, CancellationToken cancellationToken)
    {
        // The names are checked where the script declares them; values are parameters whose type the server finds.
        // Not every type that has an order has min and max.
        string sql = $"""
            WITH batch AS MATERIALIZED (SELECT {batches.Key} AS k FROM {batches.Table} WHERE {(after is null ? "" : $"{batches.Key} > $2 AND ")}{batches.Key} <= $1 ORDER BY {batches.Key} LIMIT {batches.Rows.ToString(CultureInfo.InvariantCulture)})
            SELECT (SELECT k FROM batch ORDER BY k LIMIT 1)::text, (SELECT k FROM batch ORDER BY k DESC LIMIT 1)::text
            """;
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        // The server ends what takes longer than the options allow.
        command.CommandTimeout = 0;
        command.Parameters.Add(Key(until));
        if (after is not null)
        {
            command.Parameters.Add(Key(after));
        }

        await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && !await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false)
            ? (reader.GetString(0), reader.GetString(1))
            : null;
    }

    public override async Task<string?> LastKeyAsync(DbConnection connection, MigrationBatches batches, CancellationToken cancellationToken) =>
        await PgValue.OfAsync(connection, $"SELECT (SELECT {batches.Key} FROM {batches.Table} ORDER BY {batches.Key} DESC LIMIT 1)::text", cancellationToken).ConfigureAwait(false) as string;

    public override void AddRange(DbCommand command, string first, string last)
    {
        command.Parameters.Add(Key(first));
        command.Parameters.Add(Key(last));
    }

    private static NpgsqlParameter Key(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown };
}
