using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint.Rules;

/// <summary><c>CREATE INDEX CONCURRENTLY IF NOT EXISTS</c>, which takes a failed index for the index.</summary>
internal sealed class IndexIfNotExists() : SqlRule(SqlLintScope.All, new(
    "index-if-not-exists",
    SqlSeverity.Warning,
    "A build that failed leaves an index that is not valid, and the next try would pass it by.",
    "DROP INDEX CONCURRENTLY IF EXISTS in front of it, and create it without IF NOT EXISTS."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        foreach (SqlStatement statement in context.Statements)
        {
            SqlCursor cursor = statement.Read();
            if (cursor.Take("create") && (cursor.Take("unique") || true) && cursor.Take("index", "concurrently", "if", "not", "exists"))
            {
                yield return new SqlHit(statement.Line, "The index is created CONCURRENTLY IF NOT EXISTS.");
            }
        }
    }
}
