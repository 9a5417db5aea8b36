namespace Deployment.Sql.Lint.Rules;

/// <summary>The type of a column changes.</summary>
internal sealed class ChangeColumnType() : SqlRule(SqlLintScope.Forward, new(
    "change-column-type",
    SqlSeverity.Error,
    "PostgreSQL rewrites the table under a lock that stops reads and writes, and the release that runs expects the old type.",
    "Let SyncedColumns.ChangeType write the scripts: a column of the new type in the expand, kept in step by a trigger, filled in the backfill, and the old one dropped in the contract."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from alter in context.AltersOfOldTables
        from action in alter.Actions
        let change = SqlColumnChange.Read(action)
        where change is not null && (change.Does("type") || change.Does("set", "data", "type"))
        select new SqlHit(change.Line, $"The type of {change.Column} of {alter.Table} changes.");
}
