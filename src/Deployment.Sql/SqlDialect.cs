using System.Data.Common;
using Deployment.Runbooks;

namespace Deployment.Sql;

/// <summary>What differs between databases. A package for a database supplies one; <see cref="PlainSqlDialect"/> is for any other that ADO.NET reaches.</summary>
public abstract class SqlDialect
{
    /// <summary>What a person needs for the commands: the program, and where its address comes from.</summary>
    public abstract IReadOnlyList<Prerequisite> Prerequisites { get; }

    /// <summary>Makes the table that keeps what was applied, unless it is there. Columns: position (a number that grows with each row), id (text, primary key), phase, checksum, state, script, run (text), statements, begun (numbers, at first 0).</summary>
    /// <param name="table">Its name; safe to be written into SQL.</param>
    public abstract string CreateHistory(string table);

    /// <summary>Whether the database itself fills <c>position</c>. Default true.</summary>
    public virtual bool NumbersHistory => true;

    /// <summary>Whether a change of the schema is rolled back with its transaction. Where it is not, scripts run statement by statement, and how far each came is recorded. Default true.</summary>
    public virtual bool HasTransactionalSchema => true;

    /// <summary>How a backfill goes through a table in ranges; null where it can't. Default null.</summary>
    public virtual SqlBatchDialect? Batches => null;

    /// <summary>Whether a rule holds for this database: the rules are written for PostgreSQL. Default true.</summary>
    public virtual bool Checks(SqlLintRule rule) => true;

    /// <summary>Whether a table is there.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="table">Its name, as it would be written into SQL.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract Task<bool> HasTableAsync(DbConnection connection, string table, CancellationToken cancellationToken);

    /// <summary>A table's name with its schema, such as it is found, or would be made, on this connection now: what a script sets for its session must not change which one is meant. Default as it is.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="table">Its name; safe to be written into SQL.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The same, safe as well.</returns>
    public virtual Task<string> QualifyAsync(DbConnection connection, string table, CancellationToken cancellationToken) => Task.FromResult(table);

    /// <summary>A name as it is written into SQL where it must be taken literally. Default in double quotes, as standard SQL has it.</summary>
    public virtual string Quoted(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>
    /// Takes the lock of migrators for a connection, or tells who has it. It must be free again when the process dies, however that is.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="name">The lock's name: migrators with the same one exclude each other.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null when it is taken; else who has it, in words.</returns>
    public abstract Task<string?> TryLockAsync(DbConnection connection, string name, CancellationToken cancellationToken);

    /// <summary>Whether a connection has the lock at this moment.</summary>
    /// <param name="connection">The connection for which it was taken.</param>
    /// <param name="transaction">The transaction that is about to change something; null where there is none.</param>
    /// <param name="name">The lock's name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract Task<bool> HoldsLockAsync(DbConnection connection, DbTransaction? transaction, string name, CancellationToken cancellationToken);

    /// <summary>Gives the lock back.</summary>
    /// <returns>Whether the connection still had it.</returns>
    public abstract Task<bool> UnlockAsync(DbConnection connection, string name, CancellationToken cancellationToken);

    /// <summary>Why a lock of a connection can't be trusted, such as a pooler of transactions in between, as a sentence; null when it can. Default null.</summary>
    public virtual Task<string?> RefusesLocksAsync(DbDataSource dataSource, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>What scripts may change of their session and what is given back before a record is written, such as role and search path: values by their names. Default nothing.</summary>
    public virtual Task<IReadOnlyDictionary<string, string>> SessionAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());

    /// <summary>Sets a session back: for the rest of a transaction, or for good where there is none. Default nothing is done.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">Its transaction; null where there is none.</param>
    /// <param name="session">What <see cref="SessionAsync"/> gave.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public virtual Task RestoreSessionAsync(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, string> session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Limits how long a statement waits for locks and how long it runs, for this transaction, or for this connection where there is none. Default nothing is done: the client's own time-out counts alone.</summary>
    public virtual Task LimitAsync(DbConnection connection, DbTransaction? transaction, TimeSpan lockTimeout, TimeSpan statementTimeout, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the limits of a connection, so that what comes next on it has its own. Default nothing is done.</summary>
    public virtual Task UnlimitAsync(DbConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets a command be sent as it is written, where the client would change it: scripts are cut into statements already. Default nothing is done.</summary>
    public virtual void SendAsWritten(DbCommand command)
    {
    }

    /// <summary>Lets the answers of a query come as the database's own text, as its tool prints them: what a verification expects is compared with that. Default nothing is done, and .NET writes the values, in the invariant culture and <c>t</c> or <c>f</c>.</summary>
    public virtual void AnswerAsText(DbCommand command)
    {
    }

    /// <summary>Whether a statement gave up because it could not have a lock in time, or was a victim of others' locks: it may be tried again.</summary>
    public abstract bool IsLockTimeout(DbException failure);

    /// <summary>What a statement was to take away, in the database's words, where it was refused because something else rests on it; else null. Default null.</summary>
    public virtual string? Needed(DbException failure) => null;

    /// <summary>Whether an index is there and whole: null where there is none, false where it was left half made. Default null.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="index">Its name, quoted, with its schema if it is known.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public virtual Task<bool?> IndexIsValidAsync(DbConnection connection, string index, CancellationToken cancellationToken) => Task.FromResult<bool?>(null);

    /// <summary>The statement that takes an index away beside running writers.</summary>
    /// <param name="index">Its name, quoted, with its schema if it is known.</param>
    public virtual string DropIndex(string index) => $"DROP INDEX {index}";

    /// <summary>Lines for a POSIX shell that run a script. Default none: only code can do it.</summary>
    /// <param name="file">The script's file.</param>
    /// <param name="inTransaction">Whether in one transaction.</param>
    /// <param name="record">The statement that records it, at the end.</param>
    public virtual IReadOnlyList<string> RunCommands(string file, bool inTransaction, string record) => [];

    /// <summary>Lines for a POSIX shell that ask a query, or run a statement. Default none.</summary>
    public virtual IReadOnlyList<string> QueryCommands(string query) => [];
}
