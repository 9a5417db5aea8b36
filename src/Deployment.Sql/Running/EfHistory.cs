using System.Data.Common;

namespace Deployment.Sql.Running;

/// <summary>Reads the table of EF Core, for a database that comes from there (https://learn.microsoft.com/ef/core/managing-schemas/migrations/history-table). Its migrations have no number that scripts have, but a name.</summary>
internal static class EfHistory
{
    private const string Table = "__EFMigrationsHistory";

    /// <summary>The numbers of the scripts that are called as a migration of EF Core, whatever letters are big or apart: <c>20240102030405_AddEmail</c> is <c>002_add-email</c>.</summary>
    /// <exception cref="DeploymentException">A migration has no script, or several, so nobody knows up to where the database is.</exception>
    internal static async Task<IReadOnlySet<int>> ReadAsync(DbConnection connection, SqlDialect dialect, SqlScriptFolder scripts, CancellationToken cancellationToken)
    {
        string table = dialect.Quoted(Table);
        if (!await dialect.HasTableAsync(connection, table, cancellationToken).ConfigureAwait(false))
        {
            return new HashSet<int>();
        }

        List<object?[]> rows = await SqlCommands.ReadAsync(connection, null, $"SELECT {dialect.Quoted("MigrationId")} FROM {table}", TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
        ILookup<string, int> numbers = scripts.Scripts.Where(script => !script.IsRepeatable).Select(script => (script.Name, Number: script.Number!.Value)).Distinct().ToLookup(script => Plain(script.Name), script => script.Number);
        string[] unknown = [.. rows.Select(row => (string)row[0]!).Where(id => numbers[NameOf(id)].Count() != 1).Order(StringComparer.Ordinal)];
        return unknown.Length == 0
            ? rows.Select(row => numbers[NameOf((string)row[0]!)].Single()).ToHashSet()
            : throw new DeploymentException($"EF Core applied {string.Join(", ", unknown.Take(10))}{(unknown.Length > 10 ? $" and {unknown.Length - 10} more" : "")}, for which there is not one script of that name (such as 002_add-email for AddEmail), so nobody knows up to which script the database is. Say it: Baseline, with the number of the last script that it has, or 0 where it has none of them.");
    }

    /// <summary>Without the time in front of it.</summary>
    private static string NameOf(string id) => Plain(id.IndexOf('_', StringComparison.Ordinal) is > 0 and int at && id[..at].All(char.IsAsciiDigit) ? id[(at + 1)..] : id);

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
