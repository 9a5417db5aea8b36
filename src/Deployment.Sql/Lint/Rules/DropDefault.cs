namespace Deployment.Sql.Lint.Rules;

/// <summary>A default goes on which the old release may rely.</summary>
internal sealed class DropDefault() : SqlRule(SqlLintScope.BeforeContract, new(
    "drop-default",
    SqlSeverity.Warning,
    "The release that runs may leave the column out when it inserts.",
    "Drop the default in the contract."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from alter in context.AltersOfOldTables
        from action in alter.Actions
        let change = SqlColumnChange.Read(action)
        where change is not null && change.Does("drop", "default")
        select new SqlHit(change.Line, $"The default of {change.Column} of {alter.Table} is dropped.");
}
