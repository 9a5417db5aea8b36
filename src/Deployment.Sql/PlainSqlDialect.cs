using System.Data.Common;
using Deployment.Runbooks;
using Deployment.Sql.Running;

namespace Deployment.Sql;

/// <summary>
/// For a database that has no dialect of its own and that ADO.NET reaches: standard SQL, and parameters that are written <c>@name</c>. What it lacks is said rather than guessed: no backfills in
/// ranges, no commands to do it by hand, no limits but the client's own time-out.
/// </summary>
public sealed class PlainSqlDialect : SqlDialect
{
    /// <summary>Rules that are about releases, and not about how PostgreSQL locks and rewrites.</summary>
    private static readonly HashSet<string> Rules = new(StringComparer.Ordinal)
    {
        "add-not-null-column", "cascade", "change-column-type", "drop-column", "drop-default", "drop-object", "drop-table", "rename", "revoke", "transaction-control", "truncate",
        "unbounded-change", "undeclared-data-loss", "unused-ignore",
    };

    private readonly PlainSqlOptions _options = new();
    private readonly RowLock _lock;

    /// <summary>Creates one.</summary>
    /// <param name="locks">Where a transaction of its own keeps a row locked as long as a migrator is at work, which the database frees when its process dies: the database itself where it locks rows; another one, such
    /// as a second file, where a transaction locks the whole database as in SQLite. All migrators of a database must have the same one. It stays the caller's.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <exception cref="DeploymentValidationException">Options are wrong; all errors together.</exception>
    public PlainSqlDialect(DbDataSource locks, Action<PlainSqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(locks);
        configure?.Invoke(_options);
        string[] problems = [.. _options.Problems()];
        if (problems.Length > 0)
        {
            throw new DeploymentValidationException("The dialect", problems);
        }

        HasTransactionalSchema = _options.HasTransactionalSchema;
        _lock = new RowLock(locks, _options.KeyType);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Prerequisite> Prerequisites => [];

    /// <inheritdoc/>
    public override bool NumbersHistory => false;

    /// <inheritdoc/>
    public override bool HasTransactionalSchema { get; }

    /// <inheritdoc/>
    public override bool Checks(SqlLintRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Rules.Contains(rule.Id);
    }

    /// <inheritdoc/>
    public override string CreateHistory(string table) => $"""
        CREATE TABLE {table} (
            position integer NOT NULL,
            id {_options.KeyType} NOT NULL PRIMARY KEY,
            phase {_options.KeyType} NOT NULL,
            checksum {_options.KeyType},
            state {_options.KeyType} NOT NULL,
            statements integer DEFAULT 0 NOT NULL,
            begun integer DEFAULT 0 NOT NULL,
            script {_options.TextType},
            run {_options.KeyType}
        )
        """;

    /// <inheritdoc/>
    public override Task<bool> HasTableAsync(DbConnection connection, string table, CancellationToken cancellationToken) => SqlCommands.CanReadAsync(connection, table, cancellationToken);

    /// <inheritdoc/>
    public override string Quoted(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string behind = _options.Quotes[1..];
        return _options.Quotes[..1] + name.Replace(behind, behind + behind, StringComparison.Ordinal) + behind;
    }

    /// <inheritdoc/>
    public override Task<string?> TryLockAsync(DbConnection connection, string name, CancellationToken cancellationToken) => _lock.TryTakeAsync(connection, name, cancellationToken);

    /// <inheritdoc/>
    public override Task<bool> HoldsLockAsync(DbConnection connection, DbTransaction? transaction, string name, CancellationToken cancellationToken) => _lock.IsHeldAsync(connection, cancellationToken);

    /// <inheritdoc/>
    public override Task<bool> UnlockAsync(DbConnection connection, string name, CancellationToken cancellationToken) => _lock.ReleaseAsync(connection, cancellationToken);

    /// <summary>What standard SQL calls a failure to serialize, deadlocks among them.</summary>
    public override bool IsLockTimeout(DbException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.SqlState == "40001";
    }
}
