using System.Text;

namespace Deployment.Providers.Aws.Tests.Support;

/// <summary>Names of files that break what takes them for text, addresses or XML, and are keys all the same.</summary>
internal sealed class HostileNames(int seed)
{
    private static readonly string[] _pieces =
    [
        "a", "B", "7", " ", "  ", "%", "%2F", "%2e%2e", "+", "?", "#", "&", "&amp;", "=", "\"", "'", "<", ">", "]]>", "\\", "|", "*", "~", "^", "`", "$(id)", "{x}", "[0]", "...", "..a", ".b", ";", ",", ":", "@", "!", "-", "--",
        "ä", "a\u0308", "ß", "é", "日本語", "\u05D0\u05D1", "\u202E", "\u200B", "\uFEFF", "😀", "\U0001F468\u200D\U0001F469", "\uFB01", "\uE000", "\uFFFC", "\u00A0", "\U0010FFFD", "\U00010000", "CON", "index.html",
    ];

    private readonly Random _random = new(seed);

    /// <summary>So many, each another one; every tenth in a folder.</summary>
    public IEnumerable<string> Take(int count)
    {
        for (int i = 0; i < count; i++)
        {
            string folder = i % 10 == 0 ? $"{Name(3)}f/" : "";
            yield return $"{folder}{Name(8)}{i:x}{Name(2)}";
        }
    }

    private string Name(int most)
    {
        var name = new StringBuilder();
        for (int left = _random.Next(most + 1); left > 0; left--)
        {
            name.Append(_pieces[_random.Next(_pieces.Length)]);
        }

        return name.ToString() is "." or ".." ? "x" : name.ToString();
    }
}
