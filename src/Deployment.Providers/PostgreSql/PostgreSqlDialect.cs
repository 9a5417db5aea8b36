using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Deployment.Providers.PostgreSql;

/// <summary>What is special about PostgreSQL. Not sealed: tests turn its safeguards off.</summary>
internal class PostgreSqlDialect(string connectionString) : SqlDialect
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public override IReadOnlyList<Prerequisite> Prerequisites
    {
        get
        {
            var address = new NpgsqlConnectionStringBuilder(connectionString);
            string[] variables =
            [
                .. address.Host is { Length: > 0 } host ? [$"PGHOST={host}"] : Array.Empty<string>(),
                $"PGPORT={address.Port.ToString(CultureInfo.InvariantCulture)}",
                .. address.Database is { Length: > 0 } database ? [$"PGDATABASE={database}"] : Array.Empty<string>(),
                .. address.Username is { Length: > 0 } user ? [$"PGUSER={user}"] : Array.Empty<string>(),
            ];
            return [new Prerequisite("The program psql must be installed, and know the database and a password (PGPASSWORD, or ~/.pgpass):", [Command.Of("export", variables).ToString()])];
        }
    }

    public override string HasTable => "SELECT CASE WHEN to_regclass(@table) IS NULL THEN 0 ELSE 1 END";

    public override string CreateHistory(string table) => $"""
        CREATE TABLE IF NOT EXISTS {table} (
            position bigint GENERATED ALWAYS AS IDENTITY,
            id text PRIMARY KEY,
            phase text NOT NULL,
            checksum text,
            state text NOT NULL,
            statements integer NOT NULL DEFAULT 0,
            begun integer NOT NULL DEFAULT 0,
            script text,
            run text,
            applied_at timestamptz NOT NULL DEFAULT now(),
            applied_by text NOT NULL DEFAULT current_user
        )
        """;

    public override async Task<string?> TryLockAsync(DbConnection connection, string name, CancellationToken cancellationToken)
    {
        if (await ValueAsync(connection, "SELECT pg_try_advisory_lock(@key)", cancellationToken, ("key", KeyOf(name))).ConfigureAwait(false) is true)
        {
            return null;
        }

        const string Who = """
            SELECT 'session ' || l.pid || coalesce(' of ' || a.usename, '') || coalesce(' from ' || a.client_addr, '') || coalesce(' (' || nullif(a.application_name, '') || ')', '') || coalesce(', since ' || a.backend_start, '')
            FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND l.classid::bigint = (@key >> 32) & 4294967295 AND l.objid::bigint = @key & 4294967295 AND l.objsubid = 1
            LIMIT 1
            """;
        return await ValueAsync(connection, Who, cancellationToken, ("key", KeyOf(name))).ConfigureAwait(false) as string ?? "a session that has ended by now";
    }

    public override Task UnlockAsync(DbConnection connection, string name, CancellationToken cancellationToken) =>
        ValueAsync(connection, "SELECT pg_advisory_unlock(@key)", cancellationToken, ("key", KeyOf(name)));

    /// <summary>
    /// A pooler of transactions gives a client another session for each, so a lock of a session would be somebody else's. While one client holds a transaction open the other
    /// can't have the same session, unless a pooler has lent it on.
    /// </summary>
    public override async Task<string?> RefusesLocksAsync(DbDataSource dataSource, CancellationToken cancellationToken)
    {
        await using DbConnection first = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using DbConnection second = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        object? session = await ValueAsync(first, "SELECT pg_backend_pid()", cancellationToken).ConfigureAwait(false);
        await using DbTransaction transaction = await second.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        object? other = await ValueAsync(second, "SELECT pg_backend_pid()", cancellationToken).ConfigureAwait(false);
        object? again = await ValueAsync(first, "SELECT pg_backend_pid()", cancellationToken).ConfigureAwait(false);
        return Equals(session, other) || !Equals(session, again)
            ? "A pooler of transactions stands before the database: a migrator's lock would be void there. Give the migrator an address that reaches the database itself, or a pool of sessions."
            : null;
    }

    public override Task LimitAsync(DbConnection connection, DbTransaction? transaction, TimeSpan lockTimeout, TimeSpan statementTimeout, CancellationToken cancellationToken) => ValueAsync(
        connection,
        "SELECT set_config('lock_timeout', @lock, @local), set_config('statement_timeout', @statement, @local)",
        cancellationToken,
        ("lock", Milliseconds(lockTimeout)),
        ("statement", Milliseconds(statementTimeout)),
        ("local", transaction is not null));

    public override Task UnlimitAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ValueAsync(connection, "SELECT set_config('lock_timeout', reset_val, false) FROM pg_settings WHERE name = 'lock_timeout' UNION ALL SELECT set_config('statement_timeout', reset_val, false) FROM pg_settings WHERE name = 'statement_timeout'", cancellationToken);

    /// <summary>
    /// A parameter without a name keeps Npgsql from cutting the text at semicolons, which it would also do within BEGIN ATOMIC bodies (https://github.com/npgsql/npgsql/issues/4445);
    /// a statement that was told the type of a parameter need not use it.
    /// </summary>
    public override void SendAsWritten(DbCommand command) => command.Parameters.Add(new NpgsqlParameter { Value = 0 });

    /// <summary>Values of types that Npgsql knows nothing of, such as an enum of the user's own, come so as well.</summary>
    public override void AnswerAsText(DbCommand command)
    {
        if (command is NpgsqlCommand own)
        {
            own.AllResultTypesAreUnknown = true;
        }
    }

    /// <summary>Lock not available, a deadlock, a failure to serialize: https://www.postgresql.org/docs/15/errcodes-appendix.html.</summary>
    public override bool IsLockTimeout(DbException failure) => failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    public override async Task<bool?> IndexIsValidAsync(DbConnection connection, string index, CancellationToken cancellationToken) =>
        await ValueAsync(connection, "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(@index)", cancellationToken, ("index", index)).ConfigureAwait(false) as bool?;

    public override string DropIndex(string index) => $"DROP INDEX CONCURRENTLY IF EXISTS {index}";

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
        await ValueAsync(connection, $"SELECT (SELECT {batches.Key} FROM {batches.Table} ORDER BY {batches.Key} DESC LIMIT 1)::text", cancellationToken).ConfigureAwait(false) as string;

    public override void AddRange(DbCommand command, string first, string last)
    {
        command.Parameters.Add(Key(first));
        command.Parameters.Add(Key(last));
    }

    public override IReadOnlyList<string> RunCommands(string file, bool inTransaction, string record) =>
        [Command.Of("psql", ["-X", "-v", "ON_ERROR_STOP=1", .. inTransaction ? ["--single-transaction"] : Array.Empty<string>(), "-f", file, "-c", record]).ToString()];

    public override IReadOnlyList<string> QueryCommands(string query) => [Command.Of("psql", ["-X", "-A", "-t", "-c", query]).ToString()];

    /// <summary>Locks have numbers: the first 64 bits of a hash of the name. They are a database's own.</summary>
    private static long KeyOf(string name) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"deployment/{name}")));

    private static NpgsqlParameter Key(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown };

    private static string Milliseconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);

    private static async Task<object?> ValueAsync(DbConnection connection, string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = (int)Patience.TotalSeconds;
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter(name, value));
        }

        object? value2 = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        return value2 is DBNull ? null : value2;
    }
}
