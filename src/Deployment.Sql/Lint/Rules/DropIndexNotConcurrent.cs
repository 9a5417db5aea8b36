namespace Deployment.Sql.Lint.Rules;

/// <summary><c>DROP INDEX</c> that waits for all queries and lets others wait behind it.</summary>
internal sealed class DropIndexNotConcurrent() : SqlRule(SqlLintScope.All, new(
    "drop-index-not-concurrent",
    SqlSeverity.Error,
    "It waits for every query of the table, and all queries that come after wait for it.",
    "DROP INDEX CONCURRENTLY in a script of its own with `-- transaction: none`."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from drop in context.Drops
        where drop is { Kind: "index", Concurrently: false }
        from name in drop.Names
        where !context.Created.IsNew("index", name, drop.Index)
        select new SqlHit(drop.Line, $"The index {name} is dropped without CONCURRENTLY.");
}
