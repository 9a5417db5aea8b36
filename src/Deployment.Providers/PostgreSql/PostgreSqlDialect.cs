using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Commands;
using Deployment.Runbooks;
using Deployment.Sql;
using Npgsql;

namespace Deployment.Providers.PostgreSql;

/// <summary>What is special about PostgreSQL. Not sealed: tests turn its safeguards off.</summary>
internal class PostgreSqlDialect(string connectionString) : SqlDialect
{
    /// <summary>A lock in <c>pg_locks</c> is that of migrators; its key is <c>@key</c>.</summary>
    private const string IsLock = "l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.classid::bigint = (@key >> 32) & 4294967295 AND l.objid::bigint = @key & 4294967295 AND l.objsubid = 1";

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

    public override SqlBatchDialect Batches { get; } = new PostgreSqlBatches();

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
        if (await PgValue.OfAsync(connection, "SELECT pg_try_advisory_lock(@key)", cancellationToken, ("key", KeyOf(name))).ConfigureAwait(false) is true)
        {
            return null;
        }

        const string Who = $"""
            SELECT 'session ' || l.pid || coalesce(' of ' || a.usename, '') || coalesce(' from ' || a.client_addr, '') || coalesce(' (' || nullif(a.application_name, '') || ')', '') || coalesce(', since ' || a.backend_start, '')
            FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE {IsLock}
            LIMIT 1
            """;
        return await PgValue.OfAsync(connection, Who, cancellationToken, ("key", KeyOf(name))).ConfigureAwait(false) as string ?? "a session that has ended by now";
    }

    public override async Task<bool> HoldsLockAsync(DbConnection connection, DbTransaction? transaction, string name, CancellationToken cancellationToken) =>
        await PgValue.OfAsync(connection, $"SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE {IsLock} AND l.pid = pg_catalog.pg_backend_pid())", cancellationToken, ("key", KeyOf(name))).ConfigureAwait(false) is true;

    public override async Task<bool> UnlockAsync(DbConnection connection, string name, CancellationToken cancellationToken) =>
        await PgValue.OfAsync(connection, "SELECT pg_advisory_unlock(@key)", cancellationToken, ("key", KeyOf(name))).ConfigureAwait(false) is true;

    /// <summary>
    /// A pooler of transactions gives a client another session for each, so a lock of a session would be somebody else's. While one client holds a transaction open the other
    /// can't have the same session, unless a pooler has lent it on.
    /// </summary>
    public override async Task<string?> RefusesLocksAsync(DbDataSource dataSource, CancellationToken cancellationToken)
    {
        await using DbConnection first = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using DbConnection second = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        object? session = await PgValue.OfAsync(first, "SELECT pg_backend_pid()", cancellationToken).ConfigureAwait(false);
        await using DbTransaction transaction = await second.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        object? other = await PgValue.OfAsync(second, "SELECT pg_backend_pid()", cancellationToken).ConfigureAwait(false);
        object? again = await PgValue.OfAsync(first, "SELECT pg_backend_pid()", cancellationToken).ConfigureAwait(false);
        return Equals(session, other) || !Equals(session, again)
            ? "A pooler of transactions stands before the database: a migrator's lock would be void there. Give the migrator an address that reaches the database itself, or a pool of sessions."
            : null;
    }

    public override Task LimitAsync(DbConnection connection, DbTransaction? transaction, TimeSpan lockTimeout, TimeSpan statementTimeout, CancellationToken cancellationToken) => PgValue.OfAsync(
        connection,
        "SELECT set_config('lock_timeout', @lock, @local), set_config('statement_timeout', @statement, @local)",
        cancellationToken,
        ("lock", Milliseconds(lockTimeout)),
        ("statement", Milliseconds(statementTimeout)),
        ("local", transaction is not null));

    public override Task UnlimitAsync(DbConnection connection, CancellationToken cancellationToken) =>
        PgValue.OfAsync(connection, "SELECT set_config('lock_timeout', reset_val, false) FROM pg_settings WHERE name = 'lock_timeout' UNION ALL SELECT set_config('statement_timeout', reset_val, false) FROM pg_settings WHERE name = 'statement_timeout'", cancellationToken);

    public override async Task<bool> HasTableAsync(DbConnection connection, string table, CancellationToken cancellationToken) =>
        await PgValue.OfAsync(connection, "SELECT to_regclass(@table) IS NOT NULL", cancellationToken, ("table", table)).ConfigureAwait(false) is true;

    /// <summary>One that is not there yet would be made in the first schema of the search path.</summary>
    public override async Task<string> QualifyAsync(DbConnection connection, string table, CancellationToken cancellationToken)
    {
        const string Where = """
            SELECT coalesce(
                (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(@table)),
                (SELECT format('%I.%s', current_schema(), @table) WHERE strpos(@table, '.') = 0 AND current_schema() IS NOT NULL),
                @table)
            """;
        return (string)(await PgValue.OfAsync(connection, Where, cancellationToken, ("table", table)).ConfigureAwait(false))!;
    }

    public override Task<IReadOnlyDictionary<string, string>> SessionAsync(DbConnection connection, CancellationToken cancellationToken) => PgSettings.ReadAsync(connection, cancellationToken);

    public override Task RestoreSessionAsync(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, string> session, CancellationToken cancellationToken) =>
        PgSettings.RestoreAsync(connection, transaction, session, cancellationToken);

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

    /// <summary>What rests on it stands in the detail, which Npgsql keeps for itself unless its address says otherwise.</summary>
    public override string? Needed(DbException failure) => failure is PostgresException { SqlState: PostgresErrorCodes.DependentObjectsStillExist } refused ? refused.MessageText : null;

    public override async Task<bool?> IndexIsValidAsync(DbConnection connection, string index, CancellationToken cancellationToken) =>
        await PgValue.OfAsync(connection, "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(@index)", cancellationToken, ("index", index)).ConfigureAwait(false) as bool?;

    public override string DropIndex(string index) => $"DROP INDEX CONCURRENTLY IF EXISTS {index}";

    public override IReadOnlyList<string> RunCommands(string file, bool inTransaction, string record) =>
        [Command.Of("psql", ["-X", "-v", "ON_ERROR_STOP=1", .. inTransaction ? ["--single-transaction"] : Array.Empty<string>(), "-f", file, "-c", $"RESET SESSION AUTHORIZATION; RESET ROLE; RESET search_path; {record}"]).ToString()];

    public override IReadOnlyList<string> QueryCommands(string query) => [Command.Of("psql", ["-X", "-A", "-t", "-c", query]).ToString()];

    /// <summary>Locks have numbers: the first 64 bits of a hash of the name. They are a database's own.</summary>
    private static long KeyOf(string name) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"deployment/{name}")));

    private static string Milliseconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
}
