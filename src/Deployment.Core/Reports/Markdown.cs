using System.Text;

namespace Deployment.Reports;

/// <summary>Puts text from outside into Markdown without letting it become markup.</summary>
internal static class Markdown
{
    private const string Special = "\\`*_{}[]<>#|~!";

    /// <summary>Text on one line.</summary>
    internal static string Text(string? text)
    {
        var escaped = new StringBuilder();
        text ??= "";
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
            {
                escaped.Append(' ');
            }
            else if (!char.IsControl(c))
            {
                if (Special.Contains(c, StringComparison.Ordinal) && !(c == '_' && IsInsideWord(text, i)))
                {
                    escaped.Append('\\');
                }

                escaped.Append(c);
            }
        }

        return escaped.ToString();
    }

    /// <summary>An underscore inside a word is no markup, and ids are full of them.</summary>
    private static bool IsInsideWord(string text, int i) =>
        i > 0 && i < text.Length - 1 && char.IsLetterOrDigit(text[i - 1]) && char.IsLetterOrDigit(text[i + 1]);

    /// <summary>A cell of a table.</summary>
    internal static string Cell(string? text) => text is { Length: > 500 } ? Text(text[..500]) + " …" : Text(text);

    /// <summary>Code on one line; empty for nothing. The fence is longer than any run of back-ticks inside.</summary>
    internal static string Code(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        string line = string.Concat(text.Select(c => c == '\n' ? "\\n" : char.IsControl(c) ? " " : c.ToString()));
        string fence = new('`', LongestRun(line) + 1);
        return fence.Length == 1 ? $"`{line}`" : $"{fence} {line} {fence}";
    }

    /// <summary>A block of lines, for a shell if nothing else is said.</summary>
    internal static string Block(IEnumerable<string> lines, string language = "sh")
    {
        string body = string.Join('\n', lines);
        string fence = new('`', Math.Max(3, LongestRun(body) + 1));
        return $"{fence}{language}\n{body}\n{fence}";
    }

    private static int LongestRun(string text)
    {
        int longest = 0, run = 0;
        foreach (char c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
