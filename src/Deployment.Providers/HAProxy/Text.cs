using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Deployment.Providers.HAProxy;

/// <summary>What may stand in HAProxy's configuration and in its commands, where blanks, quotes and line ends would mean something.</summary>
internal static partial class Text
{
    private const int MostShown = 200;

    public static bool IsSite(string? text) => text is not null && Site().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal);

    public static bool IsPath(string? text) => text is not null && Path().IsMatch(text) && !text.Split('/').Contains("..");

    public static bool IsToken(string? text) => text is not null && Token().IsMatch(text);

    public static bool IsUrlPath(string? text) => text is not null && UrlPath().IsMatch(text);

    public static bool IsHost(string? text) => text is not null && Host().IsMatch(text);

    public static bool IsSlot(string? text) => text is not null && Slot().IsMatch(text);

    /// <summary>Shows hostile text in a message without letting it break the line or the terminal.</summary>
    public static string Printable(string? text)
    {
        string given = text ?? "";
        var shown = new StringBuilder();
        foreach (char c in given.Length > MostShown ? given[..MostShown] : given)
        {
            _ = char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029'
                ? shown.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture))
                : shown.Append(c);
        }

        return given.Length > MostShown ? shown.Append('…').ToString() : shown.ToString();
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Site();

    [GeneratedRegex(@"\A(/[A-Za-z0-9._+-]+){1,40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Path();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex(@"\A/[A-Za-z0-9._~/?=&+-]{0,499}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UrlPath();

    [GeneratedRegex(@"\A[A-Za-z0-9:]([A-Za-z0-9.:_-]{0,252})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();

    [GeneratedRegex(@"\A[A-Za-z0-9.-]{1,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Slot();
}
