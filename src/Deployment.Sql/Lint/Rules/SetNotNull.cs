namespace Deployment.Sql.Lint.Rules;

/// <summary><c>SET NOT NULL</c> that has to look at every row.</summary>
internal sealed class SetNotNull() : SqlRule(SqlLintScope.Forward, new(
    "set-not-null",
    SqlSeverity.Error,
    "PostgreSQL looks at every row under a lock that stops reads and writes.",
    "Add CHECK (column IS NOT NULL) NOT VALID in one script, VALIDATE it in a later one; then SET NOT NULL needs no look, and the check can go."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from found in context.UnprovenNotNulls
        where !context.Created.IsNew("table", found.Alter.Table, found.Alter.Index)
        select new SqlHit(found.Change.Line, $"{found.Change.Column} of {found.Alter.Table} is set NOT NULL without a validated check.");
}
