using System.Data.Common;
using Deployment.Migrations;
using Deployment.Runbooks;

namespace Deployment.Sql;

/// <summary>What differs between databases. A package for a database supplies one.</summary>
public abstract class SqlDialect
{
    /// <summary>What a person needs for the commands: the program, and where its address comes from.</summary>
    public abstract IReadOnlyList<Prerequisite> Prerequisites { get; }

    /// <summary>Makes the table that keeps what was applied, unless it is there. Columns: position (a number that grows with each row), id (text, primary key), phase, checksum, state, script, run (text), statements, begun (numbers, at first 0).</summary>
    /// <param name="table">Its name; safe to be written into SQL.</param>
    public abstract string CreateHistory(string table);

    /// <summary>A query of one value: whether a table is there, as 1 or 0. Its parameter is <c>@table</c>.</summary>
    public abstract string HasTable { get; }

    /// <summary>
    /// Takes the lock of migrators on a connection, or tells who has it. The database frees it when the connection ends, however that ends.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="name">The lock's name: migrators with the same one exclude each other.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null when it is taken; else who has it, in words.</returns>
    public abstract Task<string?> TryLockAsync(DbConnection connection, string name, CancellationToken cancellationToken);

    /// <summary>Gives the lock back.</summary>
    public abstract Task UnlockAsync(DbConnection connection, string name, CancellationToken cancellationToken);

    /// <summary>Why a lock of a connection can't be trusted, such as a pooler of transactions in between, as a sentence; null when it can.</summary>
    public abstract Task<string?> RefusesLocksAsync(DbDataSource dataSource, CancellationToken cancellationToken);

    /// <summary>Limits how long a statement waits for locks and how long it runs, for this transaction, or for this connection where there is none.</summary>
    public abstract Task LimitAsync(DbConnection connection, DbTransaction? transaction, TimeSpan lockTimeout, TimeSpan statementTimeout, CancellationToken cancellationToken);

    /// <summary>Ends the limits of a connection, so that what comes next on it has its own.</summary>
    public abstract Task UnlimitAsync(DbConnection connection, CancellationToken cancellationToken);

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

    /// <summary>Whether an index is there and whole: null where there is none, false where it was left half made.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="index">Its name, quoted, with its schema if it is known.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract Task<bool?> IndexIsValidAsync(DbConnection connection, string index, CancellationToken cancellationToken);

    /// <summary>The statement that takes an index away beside running writers.</summary>
    /// <param name="index">Its name, quoted, with its schema if it is known.</param>
    public abstract string DropIndex(string index);

    /// <summary>Makes the table that keeps how far backfills have come, unless it is there. Columns: id (text, primary key), checksum, last, until (text), rows, total (numbers).</summary>
    /// <param name="table">Its name; safe to be written into SQL.</param>
    public abstract string CreateProgress(string table);

    /// <summary>A query of one value: about how many rows a table has. Its parameter is <c>@table</c>.</summary>
    public abstract string EstimateRows { get; }

    /// <summary>A query of one value: how many seconds the replica that is furthest behind is behind; 0 without replicas, null where this user may not see it.</summary>
    public abstract string ReplicaLag { get; }

    /// <summary>The next range of a key, as texts: the first and the last of so many rows after one key and up to another. No row of values where there is none.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="batches">The table, the key, and how many rows; safe to be written into SQL.</param>
    /// <param name="after">The key after which it begins; null for the first one.</param>
    /// <param name="until">The key up to which it goes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract Task<(string First, string Last)?> NextRangeAsync(DbConnection connection, DbTransaction transaction, MigrationBatches batches, string? after, string until, CancellationToken cancellationToken);

    /// <summary>The last key of a table as text; null where it is empty.</summary>
    public abstract Task<string?> LastKeyAsync(DbConnection connection, MigrationBatches batches, CancellationToken cancellationToken);

    /// <summary>Gives a command the first and the last key of a range, which its text calls $1 and $2; the database finds their type.</summary>
    public abstract void AddRange(DbCommand command, string first, string last);

    /// <summary>Lines for a POSIX shell that run a script.</summary>
    /// <param name="file">The script's file.</param>
    /// <param name="inTransaction">Whether in one transaction.</param>
    /// <param name="record">The statement that records it, at the end.</param>
    public abstract IReadOnlyList<string> RunCommands(string file, bool inTransaction, string record);

    /// <summary>Lines for a POSIX shell that ask a query.</summary>
    public abstract IReadOnlyList<string> QueryCommands(string query);
}
