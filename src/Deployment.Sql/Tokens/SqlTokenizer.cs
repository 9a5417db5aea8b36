namespace Deployment.Sql.Tokens;

/// <summary>
/// Cuts a text into the tokens of PostgreSQL's SQL, with <c>standard_conforming_strings</c> on. It goes over the text once and never
/// back over more than the white space behind a string, so it is linear in its length, also for hostile texts.
/// </summary>
internal sealed partial class SqlTokenizer
{
    private readonly string _text;
    private readonly List<SqlToken> _tokens = [];
    private readonly List<SqlProblem> _problems = [];
    private int _position;
    private int _line;
    private int _lineStart;

    private SqlTokenizer(string text, int firstLine) => (_text, _line) = (text, firstLine);

    /// <summary>Cuts a text up. Texts that can't be SQL are cut up as well, and say why.</summary>
    /// <param name="text">The text.</param>
    /// <param name="firstLine">The number of its first line.</param>
    internal static SqlTokens Read(string text, int firstLine = 1)
    {
        var tokenizer = new SqlTokenizer(text, firstLine);
        while (tokenizer._position < text.Length)
        {
            tokenizer.Next();
        }

        return new SqlTokens(tokenizer._tokens, tokenizer._problems);
    }

    private char At(int index) => index < _text.Length ? _text[index] : '\0';

    private void Next()
    {
        int start = _position;
        char first = _text[start];
        if (SqlChars.IsSpace(first))
        {
            Add(SqlTokenKind.Whitespace, SpaceEnd(start));
        }
        else if (first == '-' && At(start + 1) == '-')
        {
            Add(SqlTokenKind.LineComment, LineEnd(start));
        }
        else if (first == '/' && At(start + 1) == '*')
        {
            Add(SqlTokenKind.BlockComment, BlockCommentEnd(start));
        }
        else if (first == '\'')
        {
            Add(SqlTokenKind.String, StringEnd(start, escapes: false));
        }
        else if (first == '"')
        {
            Add(SqlTokenKind.QuotedName, QuotedNameEnd(start));
        }
        else if (SqlChars.StartsName(first))
        {
            AddWord(start);
        }
        else if (first == '$')
        {
            AddDollar(start);
        }
        else if (char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(At(start + 1))))
        {
            Add(SqlTokenKind.Number, SqlNumber.End(_text, start));
        }
        else
        {
            AddSymbol(start, first);
        }
    }

    /// <summary>A name, or a string or name in quotes whose prefix looks like one: the quote must follow at once.</summary>
    private void AddWord(int start)
    {
        char next = At(start + 1);
        char prefix = char.ToLowerInvariant(_text[start]);
        if (next == '\'' && (prefix is 'e' or 'b' or 'x' or 'n'))
        {
            Add(SqlTokenKind.String, StringEnd(start, escapes: prefix == 'e'));
        }
        else if (prefix == 'u' && next == '&' && (At(start + 2) is '\'' or '"'))
        {
            bool isName = At(start + 2) == '"';
            Add(isName ? SqlTokenKind.QuotedName : SqlTokenKind.String, isName ? QuotedNameEnd(start) : StringEnd(start, escapes: false));
        }
        else
        {
            int end = start + 1;
            while (end < _text.Length && SqlChars.ContinuesName(_text[end]))
            {
                end++;
            }

            Add(SqlTokenKind.Word, end);
        }
    }

    private void AddSymbol(int start, char first)
    {
        if (SqlChars.IsOperator(first))
        {
            AddOperators(start);
        }
        else if (first == '\\')
        {
            int end = LineEnd(start);
            string command = SqlChars.Printable(_text[start..Math.Min(end, start + 30)].TrimEnd());
            Problem($"`{command}` is a command of psql. Scripts are SQL: write what it does in SQL, or leave it out.");
            Add(SqlTokenKind.MetaCommand, end);
        }
        else if (first is ':' or '.')
        {
            char next = At(start + 1);
            Add(SqlTokenKind.Punctuation, start + (next == first || (first == ':' && next == '=') ? 2 : 1));
        }
        else if (first is '(' or ')' or '[' or ']' or ',' or ';')
        {
            Add(SqlTokenKind.Punctuation, start + 1);
        }
        else
        {
            Problem($"The character {SqlChars.Printable(first.ToString())} has no place in SQL outside of quotes.");
            Add(SqlTokenKind.Unknown, start + 1);
        }
    }

    private void Add(SqlTokenKind kind, int end)
    {
        string text = _text[_position..end];
        _tokens.Add(new SqlToken(kind, text, _position, _line, _position - _lineStart + 1));
        for (int i = _position; i < end; i++)
        {
            // CR LF is one end of a line, and both count alone.
            if (_text[i] == '\n' || (_text[i] == '\r' && At(i + 1) != '\n'))
            {
                _line++;
                _lineStart = i + 1;
            }
        }

        _position = end;
    }

    /// <summary>A problem of the token that begins here.</summary>
    private void Problem(string message) => _problems.Add(new SqlProblem(_line, message));
}
