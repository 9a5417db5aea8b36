namespace Deployment.Sql.Lint.Rules;

/// <summary><c>DROP TABLE</c> while the old release may still read the table.</summary>
internal sealed class DropTable() : SqlRule(SqlLintScope.BeforeContract, new(
    "drop-table",
    SqlSeverity.Error,
    "The release that runs still reads and writes the table, and going back needs it.",
    "Let the new release stop using it, and drop it in the contract."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from drop in context.Drops
        where drop.Kind == "table"
        from name in drop.Names
        where !context.Created.IsNew("table", name, drop.Index)
        select new SqlHit(drop.Line, $"The table {name} is dropped.");
}
