namespace Deployment.Sql.Tokens;

/// <summary>A piece of a script, exactly as it is written.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text with quotes and prefixes.</param>
/// <param name="Start">Where it begins in the text, from 0.</param>
/// <param name="Line">The line of its first character, from 1.</param>
/// <param name="Column">Its first character in that line, from 1, in UTF-16 units.</param>
internal sealed record SqlToken(SqlTokenKind Kind, string Text, int Start, int Line, int Column)
{
    /// <summary>Where it ends.</summary>
    internal int End => Start + Text.Length;

    /// <summary>Whether it is neither white space nor a comment.</summary>
    internal bool IsCode => Kind is not (SqlTokenKind.Whitespace or SqlTokenKind.LineComment or SqlTokenKind.BlockComment);

    /// <summary>Whether it is this keyword. A quoted name never is one.</summary>
    internal bool Is(string word) => Kind == SqlTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is one of these keywords.</summary>
    internal bool IsAny(params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (Is(word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it is this punctuation or operator.</summary>
    internal bool IsSymbol(string symbol) => Kind is SqlTokenKind.Punctuation or SqlTokenKind.Operator && Text == symbol;
}
