using Deployment.Sql.Rehearsals;

namespace Deployment.Sql;

/// <summary>Tries, in a database that nobody uses, whether migrations can be applied and taken back.</summary>
public static class SqlRehearsal
{
    /// <summary>
    /// Applies what is to be applied (expand, backfill, contract), then every undo in reverse; compares the schema and each table's rows before a script and after its undo, runs
    /// each verification, and runs repeatable scripts twice. The database is made anew as often as needed, and dropped at the end whatever happens.
    /// </summary>
    /// <param name="folder">The folder of scripts.</param>
    /// <param name="scratch">The database.</param>
    /// <param name="dialect">What is special about it.</param>
    /// <param name="options">How scripts are run; the throttles of backfills are left out.</param>
    /// <param name="baseline">Scripts up to this number are applied first, and not rehearsed; null where the database begins with all that was applied.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <param name="report">Gets progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The database can't be made, or what it begins with can't be applied.</exception>
    /// <exception cref="DeploymentValidationException">The folder is not as it must be; all errors together.</exception>
    public static async Task<RehearsalReport> RunAsync(string folder, SqlScratch scratch, SqlDialect dialect, SqlMigratorOptions options, int? baseline = null, TimeProvider? timeProvider = null, Action<string>? report = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentNullException.ThrowIfNull(dialect);
        ArgumentNullException.ThrowIfNull(options);
        // Before anything is made.
        await SqlScriptFolder.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        string[] problems = [.. options.Problems()];
        return problems.Length == 0
            ? await new ScriptRehearsal(folder, scratch, dialect, options.Copy(), baseline, timeProvider ?? TimeProvider.System, report).RunAsync(cancellationToken).ConfigureAwait(false)
            : throw new DeploymentValidationException("The rehearsal", problems);
    }
}
