using Deployment.Migrations;
using Deployment.Sql.Scripts;
using Deployment.Sql.Statements;

namespace Deployment.Sql.Running;

/// <summary>What makes it impossible to run the scripts of a folder against a database.</summary>
internal static class ScriptProblems
{
    internal static IEnumerable<string> Of(SqlScriptFolder folder, IReadOnlyList<SqlFinding> findings, IReadOnlyList<HistoryRow> rows, IReadOnlyList<AppliedMigration> adopted, SqlDialect dialect) =>
    [
        .. findings.Where(finding => finding is { IsIgnored: false, Rule.Severity: SqlSeverity.Error } && IsPending(ScriptOf(finding, folder), rows, adopted)).Select(finding => finding.ToString()),
        .. folder.Scripts.Where(script => IsPending(script, rows, adopted)).SelectMany(script => CantRun(script, dialect)),
        .. Changed(folder, rows),
    ];

    private static SqlScript? ScriptOf(SqlFinding finding, SqlScriptFolder folder) => folder.Scripts.FirstOrDefault(script => script.FileName == finding.FileName || script.Undo?.FileName == finding.FileName);

    private static bool IsPending(SqlScript? script, IReadOnlyList<HistoryRow> rows, IReadOnlyList<AppliedMigration> adopted) =>
        script is null || (!rows.Any(row => row.IsWhole && row.Id == script.Id && (!script.IsRepeatable || row.Checksum == script.Checksum)) && !adopted.Any(one => one.Id == script.Id));

    private static IEnumerable<string> CantRun(SqlScript script, SqlDialect dialect)
    {
        if (script.Batches is not null && dialect.Batches is null)
        {
            yield return $"{script.FileName}: `batch:` needs a database whose tables the migrator can go through in ranges, which this one's dialect doesn't know. Write the change as plain statements.";
        }

        if (!script.RunsInTransaction)
        {
            foreach (SqlStatement statement in SqlSplitter.Read(script.Text).All.Where(ConcurrentIndex.HasNoName))
            {
                yield return $"{script.FileName}, line {statement.Line}: {ConcurrentIndex.NoName}";
            }
        }
    }

    private static IEnumerable<string> Changed(SqlScriptFolder folder, IReadOnlyList<HistoryRow> rows) =>
        from script in folder.Scripts
        where !script.IsRepeatable
        let row = rows.FirstOrDefault(row => row.IsWhole && row.Id == script.Id)
        where row is { Checksum: not null, Script: not null } && row.Checksum != script.Checksum
        select $"{script.FileName} was changed since it ran:\n{SqlTextDiff.Unified(row.Script!, script.Text)}";
}
