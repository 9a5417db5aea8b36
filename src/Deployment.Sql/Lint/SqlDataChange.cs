using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>A change of rows: a statement, or one within a <c>WITH</c>.</summary>
/// <param name="Index">Which statement of the file it is in.</param>
/// <param name="Line">Its line.</param>
/// <param name="Verb">insert, update, delete, merge or copy.</param>
/// <param name="Table">The table; null where that can't be told.</param>
/// <param name="IsBounded">Whether a condition says which rows.</param>
internal sealed record SqlDataChange(int Index, int Line, string Verb, SqlName? Table, bool IsBounded)
{
    private static readonly string[] _verbs = ["insert", "update", "delete", "merge"];

    internal static IEnumerable<SqlDataChange> Read(SqlStatement statement, int index)
    {
        IReadOnlyList<SqlToken> tokens = statement.Tokens;
        if (tokens[0].Is("copy") && SqlWords.Outside(tokens, "from") && !tokens[1].IsSymbol("("))
        {
            yield return new SqlDataChange(index, tokens[0].Line, "copy", new SqlCursor(tokens, 1).TakeName(), IsBounded: true);
        }

        bool hasParts = tokens[0].IsAny("with", "for");
        for (int i = 0; i < tokens.Count && (i == 0 || hasParts); i++)
        {
            if (tokens[i].IsAny(_verbs) && (i == 0 || BeginsPart(tokens, i)))
            {
                yield return Change(tokens, i, index);
            }
        }
    }

    /// <summary>Behind the parenthesis of a query of <c>WITH</c>, or behind the last of them; in a block, behind <c>FOR … IN</c>.</summary>
    private static bool BeginsPart(IReadOnlyList<SqlToken> tokens, int i) =>
        tokens[0].Is("for") ? tokens[i - 1].Is("in")
        : tokens[i - 1].IsSymbol(")") || (tokens[i - 1].IsSymbol("(") && i > 1 && tokens[i - 2].IsAny("as", "materialized"));

    private static SqlDataChange Change(IReadOnlyList<SqlToken> tokens, int start, int index)
    {
        string verb = tokens[start].Text.ToLowerInvariant();
        var cursor = new SqlCursor(tokens, start + 1);
        _ = cursor.TakeAny("from", "into");
        _ = cursor.Take("only");
        SqlName? table = cursor.TakeName();
        bool bounded = verb is "insert" or "merge" || HasCondition(tokens, cursor.Position);
        return new SqlDataChange(index, tokens[start].Line, verb, table, bounded);
    }

    private static bool HasCondition(IReadOnlyList<SqlToken> tokens, int from)
    {
        int depth = 0;
        for (int i = from; i < tokens.Count && depth >= 0; i++)
        {
            depth += SqlNesting.Step(tokens[i]);
            if (depth == 0 && tokens[i].Is("where"))
            {
                return !IsTrivial(tokens, i + 1);
            }
        }

        return false;
    }

    /// <summary>A condition that is always true is none.</summary>
    private static bool IsTrivial(IReadOnlyList<SqlToken> tokens, int from)
    {
        string[] condition = [.. tokens.Skip(from).TakeWhile(token => !token.Is("returning") && !token.IsSymbol(")")).Select(token => token.Text.ToLowerInvariant())];
        return condition is ["true"] or ["1", "=", "1"];
    }
}
