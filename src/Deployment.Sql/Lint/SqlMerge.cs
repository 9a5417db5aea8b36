using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>Which rows a <c>MERGE</c> changes.</summary>
internal static class SqlMerge
{
    /// <summary>Whether conditions say which rows: those that match, and of those that don't only some.</summary>
    /// <param name="rest">What stands behind the table.</param>
    internal static bool IsBounded(IReadOnlyList<SqlToken> rest)
    {
        int depth = 0;
        int on = -1;
        int when = -1;
        for (int i = 0; i < rest.Count; i++)
        {
            depth += SqlNesting.Step(rest[i]);
            on = depth == 0 && rest[i].Is("on") && when < 0 ? i : on;
            when = depth == 0 && rest[i].Is("when") && on >= 0 && when < 0 ? i : when;
            if (depth == 0 && (SqlWords.At(rest, i, "by", "source", "then", "delete") || SqlWords.At(rest, i, "by", "source", "then", "update")))
            {
                return false;
            }
        }

        bool changes = SqlWords.Outside(rest, "then", "delete") || SqlWords.Outside(rest, "then", "update");
        return !changes || on < 0 || when < 0 || !SqlDataChange.IsTrivial(rest.Take(when).Skip(on + 1));
    }
}
