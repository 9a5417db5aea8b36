using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint.Rules;

/// <summary><c>CREATE INDEX</c> while nobody may write.</summary>
internal sealed class IndexNotConcurrent() : SqlRule(SqlLintScope.Forward, new(
    "index-not-concurrent",
    SqlSeverity.Error,
    "Nobody can write to the table while the index is built.",
    "CREATE INDEX CONCURRENTLY in a script of its own with `-- transaction: none`."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        for (int i = 0; i < context.Statements.Count; i++)
        {
            if (SqlCreate.Read(context.Statements[i]) is { Kind: "index", Concurrently: false, On: { } table } && !IsNew(context, table, i))
            {
                yield return new SqlHit(context.Statements[i].Line, $"An index of {table} is built without CONCURRENTLY.");
            }
        }
    }

    private static bool IsNew(SqlLintContext context, SqlName table, int index) =>
        context.Created.IsNew("table", table, index) || context.Created.IsNew("materialized view", table, index);
}
