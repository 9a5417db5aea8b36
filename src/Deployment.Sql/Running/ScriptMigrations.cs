using Deployment.Migrations;

namespace Deployment.Sql.Running;

/// <summary>Makes of a script what runbooks have.</summary>
internal static class ScriptMigrations
{
    internal static Migration Of(SqlScript script, IReadOnlyList<SqlFinding> findings, string folder, SqlDialect dialect, string table) => new()
    {
        Id = script.Id,
        Phase = script.Phase,
        Script = script.Text,
        Checksum = script.Checksum,
        // Ranges are found while it runs.
        Commands = script.Batches is not null ? [] : dialect.RunCommands(Path.Combine(folder, script.FileName), script.RunsInTransaction && dialect.HasTransactionalSchema, $"DELETE FROM {table} WHERE id = {Literal(script.Id)}; INSERT INTO {table} (id, phase, checksum, state) VALUES ({Literal(script.Id)}, {Literal(script.Phase.ToString().ToLowerInvariant())}, '{script.Checksum}', 'applied')"),
        RunsInTransaction = script.RunsInTransaction && dialect.HasTransactionalSchema,
        Batches = script.Batches,
        Undo = script.Undo switch
        {
            null => null,
            { Kind: SqlUndoKind.Script } undo => new MigrationUndo { Script = undo.Text, Commands = dialect.RunCommands(Path.Combine(folder, undo.FileName!), undo.RunsInTransaction && dialect.HasTransactionalSchema, Removal(table, Literal(script.Id))), RunsInTransaction = undo.RunsInTransaction && dialect.HasTransactionalSchema },
            { Kind: SqlUndoKind.Impossible } undo => MigrationUndo.Impossible(undo.Reason!),
            { } undo => MigrationUndo.Nothing(undo.Reason!),
        },
        Verifications = [.. script.Verifications.Select(verification => new MigrationVerification(verification.Query, verification.Expected))],
        VerificationCommands = [.. script.Verifications.SelectMany(verification => dialect.QueryCommands(verification.Query))],
        DestroysData = script.DestroysData,
        IsRepeatable = script.IsRepeatable,
        // What was left out, and what is only a warning, a reader of the runbook decides about.
        Notes = [.. findings.Where(finding => (finding.FileName == script.FileName || finding.FileName == script.Undo?.FileName) && (finding.IsIgnored || finding.Rule.Severity != SqlSeverity.Error)).Select(finding => finding.ToString())],
    };

    /// <summary>With what ran after it and may rest on it, as the migrator does it.</summary>
    private static string Removal(string table, string id) => $"DELETE FROM {table} WHERE id = {id} OR (substr(id, 1, 2) = 'R_' AND position > (SELECT position FROM {table} WHERE id = {id}))";

    /// <summary>For a line that a person types; what the migrator itself runs has parameters.</summary>
    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
