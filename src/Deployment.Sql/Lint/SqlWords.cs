using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>Looks for keywords in tokens.</summary>
internal static class SqlWords
{
    /// <summary>Whether these words stand in a row, in no parentheses.</summary>
    internal static bool Outside(IReadOnlyList<SqlToken> tokens, params ReadOnlySpan<string> words)
    {
        int depth = 0;
        for (int i = 0; i < tokens.Count; i++)
        {
            depth += SqlNesting.Step(tokens[i]);
            if (depth == 0 && At(tokens, i, words))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a word stands in the parentheses that open at an index.</summary>
    internal static bool Inside(IReadOnlyList<SqlToken> tokens, int open, string word)
    {
        int close = SqlNesting.Close(tokens, open);
        return tokens.Take(close).Skip(open).Any(token => token.Is(word));
    }

    /// <summary>Whether these words stand in a row from an index on.</summary>
    internal static bool At(IReadOnlyList<SqlToken> tokens, int index, params ReadOnlySpan<string> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (index + i >= tokens.Count || !tokens[index + i].Is(words[i]))
            {
                return false;
            }
        }

        return true;
    }
}
