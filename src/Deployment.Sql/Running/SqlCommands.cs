using System.Data.Common;

namespace Deployment.Sql.Running;

/// <summary>Runs statements and queries. Values are parameters, always.</summary>
internal static class SqlCommands
{
    internal static async Task RunAsync(DbConnection connection, DbTransaction? transaction, string sql, TimeSpan timeout, CancellationToken cancellationToken, params IReadOnlyList<(string Name, object? Value)> parameters)
    {
        await using DbCommand command = Of(connection, transaction, sql, timeout, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement of a script as it is written.</summary>
    internal static async Task RunWrittenAsync(SqlDialect dialect, DbConnection connection, DbTransaction? transaction, string sql, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await using DbCommand command = Of(connection, transaction, sql, timeout, []);
        dialect.SendAsWritten(command);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs one statement; gives how many rows it changed.</summary>
    internal static async Task<int> ChangeAsync(DbConnection connection, DbTransaction transaction, string sql, TimeSpan timeout, Action<DbCommand> parameters, CancellationToken cancellationToken)
    {
        await using DbCommand command = Of(connection, transaction, sql, timeout, []);
        parameters(command);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<List<object?[]>> ReadAsync(DbConnection connection, DbTransaction? transaction, string sql, TimeSpan timeout, CancellationToken cancellationToken, params IReadOnlyList<(string Name, object? Value)> parameters)
    {
        await using DbCommand command = Of(connection, transaction, sql, timeout, parameters);
        return await ReadAsync(command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks a question; its answer is the database's own text.</summary>
    internal static async Task<List<object?[]>> AskAsync(SqlDialect dialect, DbConnection connection, DbTransaction transaction, string query, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await using DbCommand command = Of(connection, transaction, query, timeout, []);
        dialect.AnswerAsText(command);
        return await ReadAsync(command, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<List<object?[]>> ReadAsync(DbCommand command, CancellationToken cancellationToken)
    {
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        List<object?[]> rows = [];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            object?[] row = new object?[reader.FieldCount];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = await reader.IsDBNullAsync(i, cancellationToken).ConfigureAwait(false) ? null : reader.GetValue(i);
            }

            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Whether a table can be read, for a database of which nobody knows where it lists its tables.</summary>
    internal static async Task<bool> CanReadAsync(DbConnection connection, string table, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(connection, null, $"SELECT 1 FROM {table} WHERE 1 = 0", TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbException error) when (connection.State == System.Data.ConnectionState.Open)
        {
            // A table that is busy, or that one may not read, is there all the same: only the error of one that surely isn't there says so.
            if (await ErrorOfMissingAsync(connection, cancellationToken).ConfigureAwait(false) is { } missing
                && (missing.GetType(), missing.SqlState, missing.ErrorCode) == (error.GetType(), error.SqlState, error.ErrorCode))
            {
                return false;
            }

            throw;
        }
    }

    private static async Task<DbException?> ErrorOfMissingAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(connection, null, "SELECT 1 FROM deployment_no_such_table WHERE 1 = 0", TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (DbException error)
        {
            return error;
        }
    }

    private static DbCommand Of(DbConnection connection, DbTransaction? transaction, string sql, TimeSpan timeout, IReadOnlyList<(string Name, object? Value)> parameters)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        // The database ends what takes too long; the client only has to wait a little longer than that.
        command.CommandTimeout = (int)Math.Min(int.MaxValue, Math.Ceiling(timeout.TotalSeconds) + 10);
        foreach ((string name, object? value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
