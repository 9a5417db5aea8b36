using Deployment.Migrations;
using Deployment.Providers.PostgreSql.Backups;
using Npgsql;

namespace Deployment.Providers.PostgreSql;

/// <summary>Lets a pipeline back up PostgreSQL 13 or newer before it is changed.</summary>
public static class PostgreSqlBackups
{
    /// <summary>
    /// Before the database of the migrator that was added last is changed it is dumped, the dump is restored into a database that is dropped again, and both are compared:
    /// the schema, each table's rows, the sequences. Without a dump that can be restored nothing is changed. The user must be allowed to create databases.
    /// </summary>
    /// <param name="migrations">The pipeline's migrations.</param>
    /// <param name="dataSource">The database; it stays the caller's. Only its address is used.</param>
    /// <param name="configure">Sets options; the folder must be said.</param>
    /// <exception cref="DeploymentValidationException">Options are wrong; all errors together.</exception>
    public static MigrationsBuilder RequireBackup(this MigrationsBuilder migrations, NpgsqlDataSource dataSource, Action<PostgreSqlBackupOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(migrations);
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new PostgreSqlBackupOptions();
        configure(options);
        string[] problems = [.. options.Problems()];
        return problems.Length == 0
            ? migrations.RequireBackup(new PostgreSqlBackup(dataSource.ConnectionString, options.Copy()))
            : throw new DeploymentValidationException("The backup of PostgreSQL", problems);
    }
}
