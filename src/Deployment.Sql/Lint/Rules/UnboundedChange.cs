namespace Deployment.Sql.Lint.Rules;

/// <summary>Every row of a table is changed or deleted at once.</summary>
internal sealed class UnboundedChange() : SqlRule(SqlLintScope.BeforeContract, new(
    "unbounded-change",
    SqlSeverity.Error,
    "All rows are locked until it ends, and the table grows by all of them.",
    "Change rows in the backfill, a few at a time, by a condition that tells what is still to do; delete what nobody needs in the contract."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from change in context.Changes
        where !change.IsBounded && change.Table is not null && !context.Created.IsNew("table", change.Table, change.Index)
        where change.Deletes || context.Scope == SqlLintScope.Expand
        select new SqlHit(change.Line, $"Every row of {change.Table} is {(change.Deletes ? "deleted" : "changed")}.");
}
