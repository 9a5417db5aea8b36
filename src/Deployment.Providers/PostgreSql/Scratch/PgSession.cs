using Npgsql;

namespace Deployment.Providers.PostgreSql.Scratch;

/// <summary>Questions to a database, without limits of time but those of the caller's token.</summary>
internal static class PgSession
{
    /// <summary>Texts that are compared between two databases must not depend on who asks.</summary>
    private const string Alike = """
        SELECT set_config(name, value, false) FROM (VALUES
            ('search_path', ''), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'), ('extra_float_digits', '3'), ('bytea_output', 'hex'),
            ('xmlbinary', 'base64'), ('lc_monetary', 'C'), ('row_security', 'off'), ('statement_timeout', '0'), ('lock_timeout', '0'), ('idle_in_transaction_session_timeout', '0')) AS s (name, value)
        UNION ALL SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'
        """;

    internal static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RunAsync(connection, Alike, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params IReadOnlyList<object> parameters)
    {
        await using NpgsqlCommand command = Of(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<T?> AskAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params IReadOnlyList<object> parameters)
    {
        await using NpgsqlCommand command = Of(connection, sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is T value ? value : default;
    }

    internal static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken, params IReadOnlyList<object> parameters)
    {
        await using NpgsqlCommand command = Of(connection, sql, parameters);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    private static NpgsqlCommand Of(NpgsqlConnection connection, string sql, IReadOnlyList<object> parameters)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (object parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
