using Deployment.Sql.Tokens;

namespace Deployment.Sql.Statements;

/// <summary>Walks over tokens. What takes something takes it whole or leaves everything as it was.</summary>
internal sealed class SqlCursor(IReadOnlyList<SqlToken> tokens, int position = 0)
{
    private int _position = position;

    internal bool AtEnd => _position >= tokens.Count;

    internal SqlToken? Current => AtEnd ? null : tokens[_position];

    internal int Position => _position;

    /// <summary>The tokens that are left.</summary>
    internal IReadOnlyList<SqlToken> Rest => [.. tokens.Skip(_position)];

    internal bool Looks(string word, int ahead = 0) => _position + ahead < tokens.Count && tokens[_position + ahead].Is(word);

    internal bool LooksSymbol(string symbol, int ahead = 0) => _position + ahead < tokens.Count && tokens[_position + ahead].IsSymbol(symbol);

    internal void Advance() => _position++;

    /// <summary>Takes these keywords in a row.</summary>
    internal bool Take(params ReadOnlySpan<string> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (!Looks(words[i], i))
            {
                return false;
            }
        }

        _position += words.Length;
        return true;
    }

    internal bool TakeAny(params ReadOnlySpan<string> words)
    {
        bool found = Current?.IsAny(words) ?? false;
        _position += found ? 1 : 0;
        return found;
    }

    internal bool TakeSymbol(string symbol)
    {
        bool found = LooksSymbol(symbol);
        _position += found ? 1 : 0;
        return found;
    }

    internal bool TakeIfExists() => Take("if", "exists") || Take("if", "not", "exists");

    /// <summary>Takes a name with its schema.</summary>
    internal SqlName? TakeName()
    {
        if (Current is not { } first || SqlValue.Name(first) is not { } part)
        {
            return null;
        }

        List<string> parts = [part];
        _position++;
        while (LooksSymbol(".") && _position + 1 < tokens.Count && SqlValue.Name(tokens[_position + 1]) is { } next)
        {
            parts.Add(next);
            _position += 2;
        }

        return new SqlName(parts);
    }

    /// <summary>Takes names with commas between, and what may stand behind each (<c>*</c>, and the arguments of a function).</summary>
    internal IReadOnlyList<SqlName> TakeNames()
    {
        List<SqlName> names = [];
        do
        {
            _ = Take("only");
            if (TakeName() is not { } name)
            {
                break;
            }

            names.Add(name);
            _ = TakeSymbol("*");
            SkipParentheses();
        }
        while (TakeSymbol(","));

        return names;
    }

    /// <summary>Skips what stands in parentheses here, if anything does.</summary>
    internal void SkipParentheses()
    {
        if (LooksSymbol("("))
        {
            _position = SqlNesting.Close(tokens, _position) + 1;
        }
    }
}
