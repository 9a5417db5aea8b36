using System.Text.RegularExpressions;

namespace Deployment.Sql.Tokens;

/// <summary>What tokens mean: names as PostgreSQL folds them, strings without their quotes.</summary>
internal static partial class SqlValue
{
    /// <summary>The name that a word or a quoted name stands for; null for other tokens.</summary>
    internal static string? Name(SqlToken token) => token.Kind switch
    {
        SqlTokenKind.Word => token.Text.ToLowerInvariant(),
        SqlTokenKind.QuotedName => Inner(token.Text, '"').Replace("\"\"", "\"", StringComparison.Ordinal),
        _ => null,
    };

    /// <summary>The value of a string, also over several lines; null for other tokens. Escapes of E and U&amp; strings stay as written.</summary>
    internal static string? Text(SqlToken token) => token.Kind switch
    {
        SqlTokenKind.DollarString => DollarBody(token.Text),
        SqlTokenKind.String => Pieces(token.Text),
        _ => null,
    };

    /// <summary>Whether what it stands for is exactly what is written, but for doubled quotes.</summary>
    internal static bool IsPlain(SqlToken token) => token.Kind == SqlTokenKind.DollarString || (token.Kind == SqlTokenKind.String && token.Text[0] == '\'');

    private static string Inner(string text, char quote)
    {
        int open = text.IndexOf(quote, StringComparison.Ordinal) + 1;
        int close = text.Length > open && text[^1] == quote ? text.Length - 1 : text.Length;
        return text[open..close];
    }

    private static string DollarBody(string text)
    {
        int tag = text.IndexOf('$', 1) + 1;
        bool closed = text.Length >= 2 * tag && text.EndsWith(text[..tag], StringComparison.Ordinal);
        return text[tag..(closed ? text.Length - tag : text.Length)];
    }

    private static string Pieces(string text) => text.Contains('\n', StringComparison.Ordinal) && text[0] is not ('e' or 'E')
        ? string.Concat(Piece().Matches(text).Select(match => match.Groups[1].Value)).Replace("''", "'", StringComparison.Ordinal)
        : Inner(text, '\'').Replace("''", "'", StringComparison.Ordinal);

    // A piece, and what lies between it and the next one.
    [GeneratedRegex(@"'((?:[^']|'')*)'(?:\s|--[^\n]*)*", RegexOptions.NonBacktracking)]
    private static partial Regex Piece();
}
