namespace Deployment.Sql.Tokens;

/// <summary>Where what was opened ends.</summary>
internal sealed partial class SqlTokenizer
{
    private int SpaceEnd(int start)
    {
        int end = start + 1;
        while (end < _text.Length && SqlChars.IsSpace(_text[end]))
        {
            end++;
        }

        return end;
    }

    private int LineEnd(int start)
    {
        int found = _text.AsSpan(start).IndexOfAny('\r', '\n');
        return found < 0 ? _text.Length : start + found;
    }

    private int BlockCommentEnd(int start)
    {
        int depth = 1;
        bool nests = false;
        int i = start + 2;
        while (i < _text.Length && depth > 0)
        {
            (int step, int change) = (_text[i], At(i + 1)) switch
            {
                ('/', '*') => (2, 1),
                ('*', '/') => (2, -1),
                _ => (1, 0),
            };
            i += step;
            depth += change;
            nests |= change > 0;
        }

        if (depth > 0)
        {
            Problem($"The comment that is opened here by /* is not closed{(nests ? "; comments nest, and each /* needs its own */" : "")}. Close it with */.");
        }

        return Math.Min(i, _text.Length);
    }

    private int QuotedNameEnd(int start)
    {
        int end = Closed('"', _text.IndexOf('"', start) + 1, escapes: false);
        if (end < 0)
        {
            Problem("The name that is opened here by a double quote is not closed. Close it, and write a double quote within it twice.");
            return _text.Length;
        }

        return end;
    }

    /// <summary>A string, with all that the standard adds to it: one that follows after white space with a line break goes on with it.</summary>
    private int StringEnd(int start, bool escapes)
    {
        int open = _text.IndexOf('\'', start);
        while (true)
        {
            int end = Closed('\'', open + 1, escapes);
            if (end < 0)
            {
                Problem("The string that is opened here by a single quote is not closed. Close it, and write a quote within it twice.");
                return _text.Length;
            }

            open = Continuation(end);
            if (open < 0)
            {
                return end;
            }
        }
    }

    /// <summary>Behind the closing quote; -1 where there is none. A doubled quote closes nothing, and in escape strings a backslash takes the next character.</summary>
    private int Closed(char quote, int from, bool escapes)
    {
        for (int i = from; i < _text.Length; i++)
        {
            if (escapes && _text[i] == '\\')
            {
                i++;
            }
            else if (_text[i] == quote)
            {
                if (At(i + 1) != quote)
                {
                    return i + 1;
                }

                i++;
            }
        }

        return -1;
    }

    /// <summary>The quote by which a string goes on, behind white space and line comments with a line break; -1 where it doesn't.</summary>
    private int Continuation(int from)
    {
        bool broken = false;
        int i = from;
        while (i < _text.Length)
        {
            if (SqlChars.IsSpace(_text[i]))
            {
                broken |= _text[i] is '\n' or '\r';
                i++;
            }
            else if (_text[i] == '-' && At(i + 1) == '-')
            {
                i = LineEnd(i);
            }
            else
            {
                return broken && _text[i] == '\'' ? i : -1;
            }
        }

        return -1;
    }

    /// <summary>A parameter, a string in dollars, or a dollar alone, which is nothing.</summary>
    private void AddDollar(int start)
    {
        int end = start + 1;
        if (char.IsAsciiDigit(At(end)))
        {
            while (char.IsAsciiDigit(At(end)))
            {
                end++;
            }

            Add(SqlTokenKind.Parameter, end);
            return;
        }

        while (end < _text.Length && _text[end] != '$' && SqlChars.ContinuesName(_text[end]))
        {
            end++;
        }

        if (At(end) != '$')
        {
            Problem("The $ here opens no string ($$ or $tag$) and is no parameter ($1).");
            Add(SqlTokenKind.Unknown, start + 1);
            return;
        }

        string tag = _text[start..(end + 1)];
        int close = _text.IndexOf(tag, end + 1, StringComparison.Ordinal);
        if (close < 0)
        {
            Problem($"The string that is opened here by {SqlChars.Printable(tag)} is not closed. Close it with {SqlChars.Printable(tag)}, letter by letter.");
            Add(SqlTokenKind.DollarString, _text.Length);
            return;
        }

        Add(SqlTokenKind.DollarString, close + tag.Length);
    }

    /// <summary>
    /// A run of operator characters, as PostgreSQL cuts it: it ends before a comment, and before a + or - at its end unless it has a
    /// character that no operator of the standard has.
    /// </summary>
    private void AddOperators(int start)
    {
        int end = start;
        bool special = false;
        while (end < _text.Length && SqlChars.IsOperator(_text[end]) && !OpensComment(end))
        {
            special |= SqlChars.IsSpecialOperator(_text[end]);
            end++;
        }

        int cut = end;
        while (!special && cut > start + 1 && (_text[cut - 1] is '+' or '-'))
        {
            cut--;
        }

        Add(SqlTokenKind.Operator, cut);
        for (int i = cut + 1; i <= end; i++)
        {
            Add(SqlTokenKind.Operator, i);
        }
    }

    private bool OpensComment(int index) => (_text[index], At(index + 1)) is ('-', '-') or ('/', '*');
}
