using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary>What writes a whole table, or all its indexes, anew.</summary>
internal sealed class RewriteTable() : SqlRule(SqlLintScope.All, new(
    "rewrite-table",
    SqlSeverity.Error,
    "The table is written anew under a lock that stops reads and writes, or writes.",
    "Leave it to maintenance: REINDEX and REFRESH have CONCURRENTLY, plain VACUUM locks nobody out."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        for (int i = 0; i < context.Statements.Count; i++)
        {
            if (What(context, context.Statements[i], i) is { } what)
            {
                yield return new SqlHit(context.Statements[i].Line, what);
            }
        }

        foreach (SqlAlterTable alter in context.AltersOfOldTables)
        {
            foreach (IReadOnlyList<SqlToken> action in alter.Actions.Where(Rewrites))
            {
                yield return new SqlHit(action[0].Line, $"The table {alter.Table} is written anew.");
            }
        }
    }

    private static string? What(SqlLintContext context, SqlStatement statement, int index)
    {
        SqlCursor cursor = statement.Read();
        bool concurrently = statement.Tokens.Any(token => token.Is("concurrently"));
        if (cursor.Take("vacuum"))
        {
            // VACUUM (FULL false) is not worth a parser.
            bool isFull = cursor.Looks("full") || (cursor.LooksSymbol("(") && SqlWords.Inside(statement.Tokens, 1, "full"));
            return isFull ? "VACUUM FULL writes the table anew." : null;
        }

        if (cursor.Take("refresh", "materialized", "view"))
        {
            return !concurrently && cursor.TakeName() is { } view && !context.Created.IsNew("materialized view", view, index) ? $"The materialized view {view} is refreshed without CONCURRENTLY." : null;
        }

        return cursor.Take("cluster") ? "CLUSTER writes the table anew."
            : cursor.Take("reindex") && !concurrently ? "REINDEX without CONCURRENTLY builds indexes under a lock."
            : null;
    }

    private static bool Rewrites(IReadOnlyList<SqlToken> action) =>
        SqlWords.At(action, 0, "set", "logged") || SqlWords.At(action, 0, "set", "unlogged")
        || SqlWords.At(action, 0, "set", "tablespace") || SqlWords.At(action, 0, "set", "access", "method");
}
