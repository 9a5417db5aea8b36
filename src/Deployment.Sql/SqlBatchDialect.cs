using System.Data.Common;
using Deployment.Migrations;

namespace Deployment.Sql;

/// <summary>How a backfill goes through a table of a database in ranges of a key.</summary>
public abstract class SqlBatchDialect
{
    /// <summary>Makes the table that keeps how far backfills have come, unless it is there. Columns: id (text, primary key), checksum, last, until, run (text), rows, total (numbers).</summary>
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
}
