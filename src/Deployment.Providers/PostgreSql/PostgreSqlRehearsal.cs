using Deployment.Providers.PostgreSql.Rehearsals;
using Deployment.Providers.PostgreSql.Scratch;
using Deployment.Sql;
using Npgsql;

namespace Deployment.Providers.PostgreSql;

/// <summary>Tries, in a database that nobody uses, whether migrations of PostgreSQL 13 or newer can be applied and taken back.</summary>
public static class PostgreSqlRehearsal
{
    /// <summary>
    /// Applies what is to be applied, then every undo in reverse, in a database of the same server that is made and dropped; compares schema and rows before a script and after its
    /// undo. The real database is not connected to. What a script changes outside of its database, such as roles, it changes for all.
    /// </summary>
    /// <param name="folder">The folder of scripts.</param>
    /// <param name="dataSource">The real database, whose server is used; it stays the caller's. Only its address is used.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentValidationException">Options or the folder are wrong; all errors together. Nothing was made.</exception>
    /// <exception cref="DeploymentException">The database to rehearse in can't be made, or is somebody else's.</exception>
    public static async Task<RehearsalReport> RehearseAsync(string folder, NpgsqlDataSource dataSource, Action<PostgreSqlRehearsalOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(dataSource);
        var options = new PostgreSqlRehearsalOptions();
        configure?.Invoke(options);
        var address = new PgAddress(dataSource.ConnectionString, options.Password, options.Programs);
        string name = options.ScratchName ?? PgScratch.NewName(address.Database);
        string[] problems = [.. options.Problems(address.Database, name)];
        if (problems.Length > 0)
        {
            throw new DeploymentValidationException("The rehearsal", problems);
        }

        if (options is { Template: null, Backup: null })
        {
            // Nothing counts as applied that was not.
            options.Migrator.Baseline = null;
        }

        var scratch = new PgScratch(address, name, options);
        return await SqlRehearsal.RunAsync(folder, scratch, new PostgreSqlDialect(dataSource.ConnectionString), options.Migrator, options.Baseline, report: options.Report, cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
