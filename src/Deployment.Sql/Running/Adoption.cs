using System.Data.Common;
using Deployment.Migrations;

namespace Deployment.Sql.Running;

/// <summary>What a database has already that was made by other means: up to the baseline, or what Flyway or EF Core applied.</summary>
internal sealed class Adoption(string folder, SqlDialect dialect, SqlMigratorOptions options)
{
    /// <param name="connection">An open connection.</param>
    /// <param name="rows">What is recorded. Who recorded something by hand had no migrator that records what was there before; behind a migrator nothing is taken over any more.</param>
    /// <param name="scripts">The folder's scripts; null where they are to be read if they are needed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">Nobody can tell what was applied.</exception>
    internal async Task<IReadOnlyList<AppliedMigration>> OfAsync(DbConnection connection, IReadOnlyList<HistoryRow> rows, SqlScriptFolder? scripts, CancellationToken cancellationToken)
    {
        if (rows.Any(row => row.Run is not null))
        {
            return [];
        }

        scripts ??= await SqlScriptFolder.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        Func<SqlScript, bool> isApplied = options.Baseline is { } baseline ? script => script.Number <= baseline : await ByOthersAsync(connection, scripts, cancellationToken).ConfigureAwait(false);
        return [.. scripts.Scripts.Where(script => !script.IsRepeatable && isApplied(script) && rows.All(row => row.Id != script.Id)).Select(script => new AppliedMigration(script.Id, null))];
    }

    private async Task<Func<SqlScript, bool>> ByOthersAsync(DbConnection connection, SqlScriptFolder scripts, CancellationToken cancellationToken)
    {
        FlywayHistory? flyway = await FlywayHistory.ReadAsync(connection, dialect, cancellationToken).ConfigureAwait(false);
        IReadOnlySet<int> byName = await EfHistory.ReadAsync(connection, dialect, scripts, cancellationToken).ConfigureAwait(false);
        return script => byName.Contains(script.Number!.Value) || flyway?.Has(script.Number.Value) == true;
    }
}
