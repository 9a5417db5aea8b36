using System.Data.Common;
using Npgsql;

namespace Deployment.Providers.PostgreSql;

/// <summary>Asks for one value.</summary>
internal static class PgValue
{
    private const int Patience = 30;

    /// <summary>The first value of the first row; null where that is NULL, or there is none.</summary>
    internal static async Task<object?> OfAsync(DbConnection connection, string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = Patience;
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter(name, value));
        }

        object? answer = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        return answer is DBNull ? null : answer;
    }
}
