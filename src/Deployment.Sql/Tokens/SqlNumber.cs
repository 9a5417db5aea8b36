namespace Deployment.Sql.Tokens;

/// <summary>Where a number ends: <c>1</c>, <c>1_000</c>, <c>.5</c>, <c>1.</c>, <c>1e-9</c>, <c>0xFF</c>.</summary>
internal static class SqlNumber
{
    internal static int End(string text, int start)
    {
        if (text[start] == '0' && start + 2 < text.Length && (char.ToLowerInvariant(text[start + 1]) is 'x' or 'o' or 'b') && char.IsAsciiHexDigit(text[start + 2]))
        {
            return While(text, start + 2, c => char.IsAsciiHexDigit(c) || c == '_');
        }

        int end = Digits(text, start);

        // Two dots are a range, as in FOR i IN 1..10.
        if (end < text.Length && text[end] == '.' && !(end + 1 < text.Length && text[end + 1] == '.'))
        {
            end = Digits(text, end + 1);
        }

        return Exponent(text, end);
    }

    private static int Exponent(string text, int end)
    {
        if (end >= text.Length || text[end] is not ('e' or 'E'))
        {
            return end;
        }

        int digits = end + 1 < text.Length && (text[end + 1] is '+' or '-') ? end + 2 : end + 1;
        return digits < text.Length && char.IsAsciiDigit(text[digits]) ? Digits(text, digits) : end;
    }

    private static int Digits(string text, int start) => While(text, start, c => char.IsAsciiDigit(c) || c == '_');

    private static int While(string text, int start, Func<char, bool> holds)
    {
        int end = start;
        while (end < text.Length && holds(text[end]))
        {
            end++;
        }

        return end;
    }
}
