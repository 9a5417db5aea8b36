using System.Collections.Concurrent;
using System.Data.Common;

namespace Deployment.Sql.Running;

/// <summary>A row that a transaction on a connection of its own keeps locked: any database frees it when that connection ends, however it ends.</summary>
internal sealed class RowLock(DbDataSource locks, string keyType)
{
    private const string Table = "deployment_migrators";

    /// <summary>How long somebody else's transaction is waited for before the next attempt.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<DbConnection, (DbConnection Connection, DbTransaction Transaction)> _held = new();

    /// <summary>Null when it is taken; else why not.</summary>
    internal async Task<string?> TryTakeAsync(DbConnection worker, string name, CancellationToken cancellationToken)
    {
        DbConnection connection = await locks.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await PrepareAsync(connection, name, cancellationToken).ConfigureAwait(false);
            DbTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            if (await ExecuteAsync(connection, transaction, $"UPDATE {Table} SET taken = taken + 1 WHERE name = @name", name, cancellationToken).ConfigureAwait(false) != 1)
            {
                throw new DeploymentException($"The row '{name}' of the table {Table}, which is the lock of migrators, can't be made. Make it: INSERT INTO {Table} (name) VALUES ('{name}').");
            }

            _held[worker] = (connection, transaction);
            return null;
        }
        catch (DbException refused)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            return $"whoever has the row '{name}' of {Table} ({refused.Message})";
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal async Task<bool> IsHeldAsync(DbConnection worker, CancellationToken cancellationToken)
    {
        if (!_held.TryGetValue(worker, out (DbConnection Connection, DbTransaction Transaction) held))
        {
            return false;
        }

        try
        {
            await SqlCommands.ReadAsync(held.Connection, held.Transaction, $"SELECT taken FROM {Table}", Wait, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is DbException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether it was still held.</summary>
    internal async Task<bool> ReleaseAsync(DbConnection worker, CancellationToken cancellationToken)
    {
        try
        {
            return await IsHeldAsync(worker, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (_held.TryRemove(worker, out (DbConnection Connection, DbTransaction Transaction) held))
            {
                // Whatever becomes of the transaction, without its connection it is over.
                await held.Connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The row must be there before it can be locked. Two who make it at once can't both; either's will do.</summary>
    private async Task PrepareAsync(DbConnection connection, string name, CancellationToken cancellationToken)
    {
        if (!await SqlCommands.CanReadAsync(connection, Table, cancellationToken).ConfigureAwait(false))
        {
            await TryAsync(() => ExecuteAsync(connection, null, $"CREATE TABLE {Table} (name {keyType} NOT NULL PRIMARY KEY, taken integer DEFAULT 0 NOT NULL)", null, cancellationToken)).ConfigureAwait(false);
        }

        List<object?[]> rows = await SqlCommands.ReadAsync(connection, null, $"SELECT name FROM {Table} WHERE name = @name", Wait, cancellationToken, ("name", name)).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            await TryAsync(() => ExecuteAsync(connection, null, $"INSERT INTO {Table} (name) VALUES (@name)", name, cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>Where it did not work what comes next says why.</summary>
    private static async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (DbException)
        {
        }
    }

    private static async Task<int> ExecuteAsync(DbConnection connection, DbTransaction? transaction, string sql, string? name, CancellationToken cancellationToken)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.CommandTimeout = (int)Wait.TotalSeconds;
        if (name is not null)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = "name";
            parameter.Value = name;
            command.Parameters.Add(parameter);
        }

        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
