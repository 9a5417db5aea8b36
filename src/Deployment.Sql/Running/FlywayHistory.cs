using System.Data.Common;
using System.Globalization;

namespace Deployment.Sql.Running;

/// <summary>Reads the table of Flyway, for a database that comes from there (https://documentation.red-gate.com/flyway/flyway-concepts/migrations/flyway-schema-history-table).</summary>
internal static class FlywayHistory
{
    private const string Table = "flyway_schema_history";

    /// <summary>The last version that succeeded, where it is a whole number; null where there is no such table.</summary>
    /// <exception cref="DeploymentException">A version is no whole number, so nobody knows which scripts it stands for.</exception>
    internal static async Task<int?> LastAsync(DbConnection connection, SqlHistory history, CancellationToken cancellationToken)
    {
        if (!await history.ExistsAsync(connection, Table, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        List<object?[]> rows = await SqlCommands.ReadAsync(connection, null, $"SELECT version, success FROM {Table} WHERE version IS NOT NULL ORDER BY installed_rank", TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
        if (rows.FirstOrDefault(row => row[1] is false) is { } failed)
        {
            throw new DeploymentException($"Flyway's version {failed[0]} failed half way. Mend that with Flyway (flyway repair), or say what the database has (Baseline).");
        }

        int last = 0;
        foreach (string version in rows.Select(row => (string)row[0]!))
        {
            last = int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? Math.Max(last, number)
                : throw new DeploymentException($"Flyway applied the version '{version}', which is no whole number, so nobody knows up to which script the database is. Say it: Baseline.");
        }

        return last;
    }
}
