using Deployment.Migrations;
using Deployment.Sql;
using Npgsql;

namespace Deployment.Providers.PostgreSql;

/// <summary>Lets a pipeline migrate PostgreSQL 12 or newer.</summary>
public static class PostgreSqlMigrations
{
    /// <summary>Applies a folder of SQL scripts; see <see cref="SqlScriptFolder"/> for their names and headers.</summary>
    /// <param name="migrations">The pipeline's migrations.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="dataSource">The database; it stays the caller's. Its connections must be the migrator's own: a pooler that gives each transaction another one is refused.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <exception cref="DeploymentValidationException">Options are wrong; all errors together.</exception>
    public static MigrationsBuilder FromScripts(this MigrationsBuilder migrations, string folder, NpgsqlDataSource dataSource, Action<SqlMigratorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(migrations);
        ArgumentNullException.ThrowIfNull(dataSource);
        return migrations.From(new SqlMigrator(folder, dataSource, new PostgreSqlDialect(dataSource.ConnectionString), configure));
    }
}
