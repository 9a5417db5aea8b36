using System.Data.Common;
using System.Globalization;
using Deployment.Migrations;

namespace Deployment.Sql.Running;

/// <summary>Asks a database what a migration should have made true.</summary>
internal static class SqlAnswers
{
    /// <summary>Null when the answer is the expected one.</summary>
    internal static async Task<string?> DisagreementAsync(DbConnection connection, SqlDialect dialect, MigrationVerification verification, SqlMigratorOptions options, CancellationToken cancellationToken)
    {
        try
        {
            // In a transaction that is never committed: a question changes nothing.
            await using DbTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await dialect.LimitAsync(connection, transaction, options.LockTimeout, options.StatementTimeout, cancellationToken).ConfigureAwait(false);
            List<object?[]> rows = await SqlCommands.AskAsync(dialect, connection, transaction, verification.Query, options.StatementTimeout, cancellationToken).ConfigureAwait(false);
            object? value = rows is [{ Length: >= 1 } row] ? row[0] : null;
            return value is null ? $"'{verification.Query}' has no answer ({(rows.Count == 1 ? "NULL" : $"{rows.Count} rows")}), where {verification.Expected} was expected."
                : Text(value) is var answer && answer == verification.Expected ? null
                : $"'{verification.Query}' answers {answer}, where {verification.Expected} was expected.";
        }
        catch (DbException error) when (!dialect.IsLockTimeout(error))
        {
            return $"'{verification.Query}' can't be answered: {error.Message}";
        }
    }

    /// <summary>The database's own text, or what comes nearest to it where the client gives values.</summary>
    private static string Text(object value) => value switch
    {
        bool yes => yes ? "t" : "f",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
