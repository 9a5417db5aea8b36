using Deployment.Commands;

namespace Deployment.Providers.PostgreSql.Scratch;

/// <summary>PostgreSQL's own programs: what they are told, and what of their output is progress.</summary>
internal sealed class PgPrograms(PgAddress address, ICommandRunner commands, Action<string> report)
{
    /// <summary>Roles are the server's: who owns what, and who may what, is in a dump, but neither restored nor compared. Subscriptions would begin to receive.</summary>
    private static readonly string[] WithoutRoles = ["--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions"];

    internal static IReadOnlyList<string> DumpArguments(string file) => ["--format=custom", "--verbose", $"--file={file}"];

    internal static IReadOnlyList<string> RestoreArguments(string database) => ["--exit-on-error", "--verbose", .. WithoutRoles, $"--dbname={database}"];

    internal Task DumpAsync(string database, string file, string? snapshot, CancellationToken cancellationToken) =>
        RunAsync(address.CommandOf("pg_dump", database, [.. DumpArguments(file), .. Snapshot(snapshot)]), cancellationToken);

    internal Task RestoreAsync(string file, string database, CancellationToken cancellationToken) =>
        RunAsync(address.CommandOf("pg_restore", database, [.. RestoreArguments(database), file]), cancellationToken);

    /// <summary>The schema as SQL. By a file, since output is bounded.</summary>
    /// <param name="database">The database.</param>
    /// <param name="snapshot">The snapshot in which it is seen; null for now.</param>
    /// <param name="without">Tables that are left out, whose names have no letters but small ones, so that they are patterns of themselves.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<string> SchemaAsync(string database, string? snapshot, IReadOnlyList<string> without, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("schema-").FullName;
        try
        {
            string file = Path.Combine(folder, "schema.sql");
            await RunAsync(address.CommandOf("pg_dump", database, ["--schema-only", .. WithoutRoles, $"--file={file}", .. Snapshot(snapshot), .. without.Select(table => $"--exclude-table={table}")]), cancellationToken).ConfigureAwait(false);
            return await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Snapshot(string? snapshot) => snapshot is null ? [] : [$"--snapshot={snapshot}"];

    private async Task RunAsync(Command command, CancellationToken cancellationToken)
    {
        CommandResult result = await commands.RunAsync(command, new CommandObserver { Line = Progress }, cancellationToken).ConfigureAwait(false);
        result.EnsureSuccess(command);
    }

    private void Progress(string line)
    {
        if (line.Contains("dumping contents of table", StringComparison.Ordinal) || line.Contains("processing data for table", StringComparison.Ordinal))
        {
            report(line);
        }
    }
}
