using System.Data.Common;
using System.Globalization;

namespace Deployment.Sql.Running;

/// <summary>What Flyway says that it applied, for a database that comes from there (https://documentation.red-gate.com/fd/flyway-schema-history-table-273973417.html).</summary>
internal sealed class FlywayHistory
{
    private const string Table = "flyway_schema_history";
    private readonly HashSet<int> _versions = [];
    private int _baseline = -1;

    private FlywayHistory()
    {
    }

    /// <summary>Null where there is no such table.</summary>
    /// <exception cref="DeploymentException">A version is no whole number, or failed half way, so nobody knows which scripts the database has.</exception>
    internal static async Task<FlywayHistory?> ReadAsync(DbConnection connection, SqlDialect dialect, CancellationToken cancellationToken)
    {
        string table = dialect.Quoted(Table);
        if (!await dialect.HasTableAsync(connection, table, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        List<object?[]> rows = await SqlCommands.ReadAsync(connection, null, $"SELECT {dialect.Quoted("version")}, {dialect.Quoted("type")}, {dialect.Quoted("success")} FROM {table} WHERE {dialect.Quoted("version")} IS NOT NULL ORDER BY {dialect.Quoted("installed_rank")}", TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
        var history = new FlywayHistory();
        // What was done with a version last counts.
        foreach (IGrouping<int, object?[]> version in rows.GroupBy(row => NumberOf((string)row[0]!)))
        {
            object?[] last = version.Last();
            history.Take(version.Key, (string)last[1]!, Convert.ToBoolean(last[2], CultureInfo.InvariantCulture));
        }

        return history;
    }

    /// <summary>Whether it applied a version. One that it left out, below others, it did not.</summary>
    internal bool Has(int version) => version <= _baseline || _versions.Contains(version);

    private void Take(int version, string type, bool hasSucceeded)
    {
        bool isUndo = type.StartsWith("UNDO", StringComparison.OrdinalIgnoreCase);
        if (!hasSucceeded)
        {
            throw new DeploymentException($"Flyway's {(isUndo ? "undo of " : "")}version {version} failed half way. Mend that with Flyway (flyway repair), or say what the database has (Baseline).");
        }

        if (type is "BASELINE" or "SQL_BASELINE")
        {
            // All up to it was there, or is in it.
            _baseline = Math.Max(_baseline, version);
        }
        else if (!isUndo && type is not ("DELETE" or "SCHEMA"))
        {
            _versions.Add(version);
        }
    }

    private static int NumberOf(string version) => int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new DeploymentException($"Flyway applied the version '{version}', which is no whole number, so nobody knows up to which script the database is. Say it: Baseline.");
}
