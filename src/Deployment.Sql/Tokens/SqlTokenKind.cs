namespace Deployment.Sql.Tokens;

/// <summary>What a token is, as PostgreSQL's own lexer tells them apart.</summary>
internal enum SqlTokenKind
{
    Whitespace,
    LineComment,
    BlockComment,

    /// <summary>A keyword or an unquoted identifier: which of the two hangs on where it stands.</summary>
    Word,

    /// <summary>An identifier in double quotes, <c>U&amp;"…"</c> included.</summary>
    QuotedName,

    /// <summary>A string in single quotes with its prefix (E, B, X, N, U&amp;), and all lines of one that goes on.</summary>
    String,

    /// <summary>A string between <c>$$</c> or <c>$tag$</c>.</summary>
    DollarString,
    Number,

    /// <summary>A numbered parameter, <c>$1</c>.</summary>
    Parameter,
    Operator,

    /// <summary>One of <c>( ) [ ] , ; : :: := . ..</c></summary>
    Punctuation,

    /// <summary>A command of psql, which is no SQL: the rest of its line.</summary>
    MetaCommand,

    /// <summary>A character that begins nothing.</summary>
    Unknown,
}
