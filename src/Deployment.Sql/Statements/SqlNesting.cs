using Deployment.Sql.Tokens;

namespace Deployment.Sql.Statements;

/// <summary>Parentheses and brackets in a row of tokens.</summary>
internal static class SqlNesting
{
    /// <summary>The index of what closes the parenthesis at an index; the last index if nothing does.</summary>
    internal static int Close(IReadOnlyList<SqlToken> tokens, int open)
    {
        int depth = 0;
        for (int i = open; i < tokens.Count; i++)
        {
            depth += Step(tokens[i]);
            if (depth == 0)
            {
                return i;
            }
        }

        return tokens.Count - 1;
    }

    /// <summary>Cuts tokens at each comma that stands in no parentheses.</summary>
    internal static IReadOnlyList<IReadOnlyList<SqlToken>> SplitAtCommas(IReadOnlyList<SqlToken> tokens)
    {
        List<IReadOnlyList<SqlToken>> parts = [];
        List<SqlToken> part = [];
        int depth = 0;
        foreach (SqlToken token in tokens)
        {
            depth += Step(token);
            if (depth == 0 && token.IsSymbol(","))
            {
                parts.Add(part);
                part = [];
            }
            else
            {
                part.Add(token);
            }
        }

        parts.Add(part);
        return [.. parts.Where(found => found.Count > 0)];
    }

    internal static int Step(SqlToken token) =>
        token.IsSymbol("(") || token.IsSymbol("[") ? 1
        : token.IsSymbol(")") || token.IsSymbol("]") ? -1
        : 0;
}
