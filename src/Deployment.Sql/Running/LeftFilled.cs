using Deployment.Migrations;

namespace Deployment.Sql.Running;

/// <summary>
/// Backfills that are on record without the expand of their change, as after an expand that was undone by hand: what they filled went with it, and they would not
/// run again.
/// </summary>
internal static class LeftFilled
{
    internal static IEnumerable<string> Of(SqlScriptFolder folder, IReadOnlyList<HistoryRow> rows, IReadOnlyList<AppliedMigration> adopted, string table)
    {
        HashSet<string> has = [.. adopted.Select(applied => applied.Id), .. rows.Select(row => row.Id)];
        foreach (SqlScript backfill in folder.Scripts.Where(script => script.Phase == MigrationPhase.Backfill && rows.Any(row => row.Id == script.Id)))
        {
            if (folder.Scripts.FirstOrDefault(script => script.Phase == MigrationPhase.Expand && script.Number == backfill.Number && script.Name == backfill.Name && !has.Contains(script.Id)) is { } expand)
            {
                yield return $"The database has {backfill.Id} on record, and not {expand.Id}, which it fills: was that undone by hand? It would not be filled again. Take its row out: DELETE FROM {table} WHERE id = '{backfill.Id}', and where it goes through ranges, its row of {table}_progress.";
            }
        }
    }
}
