using System.Data.Common;
using Deployment.Migrations;

namespace Deployment.Sql;

/// <summary>Lets a pipeline migrate any database that ADO.NET reaches.</summary>
public static class SqlMigrations
{
    /// <summary>Applies a folder of SQL scripts; see <see cref="SqlScriptFolder"/> for their names and headers.</summary>
    /// <param name="migrations">The pipeline's migrations.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="dataSource">The database; it stays the caller's.</param>
    /// <param name="dialect">What is special about it: <see cref="PlainSqlDialect"/>, or one of its own.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <exception cref="DeploymentValidationException">Options are wrong; all errors together.</exception>
    public static MigrationsBuilder FromScripts(this MigrationsBuilder migrations, string folder, DbDataSource dataSource, SqlDialect dialect, Action<SqlMigratorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(migrations);
        return migrations.From(new SqlMigrator(folder, dataSource, dialect, configure));
    }
}
