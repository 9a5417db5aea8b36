using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>The few rules of the query language that are needed to put values into queries and to keep them from reaching back.</summary>
internal static partial class PromQl
{
    private const int MostShown = 300;

    // What has a meaning in RE2, whose patterns the matchers =~ and !~ take.
    private const string RegexMeta = @"\.+*?()|[]{}^$";

    /// <summary>A value as it stands between quotes of the query language, whatever is in it.</summary>
    internal static string Escape(string value, char quote, bool inRegex)
    {
        var text = new StringBuilder(value.Length);
        foreach (char c in value)
        {
            if (inRegex && RegexMeta.Contains(c, StringComparison.Ordinal))
            {
                // The pattern's backslash is itself escaped in the string around it.
                text.Append(@"\\").Append(c == '\\' ? @"\\" : c.ToString());
            }
            else if (c == quote || c == '\\')
            {
                text.Append('\\').Append(c);
            }
            else if (char.IsControl(c) || c is '\u2028' or '\u2029')
            {
                text.Append(@"\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    /// <summary>A duration, such as <c>60s</c> or <c>1500ms</c>.</summary>
    internal static string Duration(TimeSpan time) => time.TotalSeconds == Math.Floor(time.TotalSeconds)
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalSeconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(time.TotalMilliseconds)}ms");

    /// <summary>The samples of a selector as they were scraped, each with its own time: a query of a moment has the time of asking instead.</summary>
    internal static string Raw(string selector, TimeSpan range) => $"{selector}[{Duration(TimeSpan.FromSeconds(Math.Ceiling(range.TotalSeconds)))}]";

    /// <summary>A user's text in a message, on one line.</summary>
    internal static string Printable(string text) =>
        string.Concat((text.Length > MostShown ? text[..MostShown] + "…" : text).Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    internal static IEnumerable<string> SelectorProblems(QueryTemplate template)
    {
        if (!Selector().IsMatch(template.Code) || string.IsNullOrWhiteSpace(template.Code))
        {
            yield return "give a selector such as http_requests_total{revision=\"{revision}\"}, without a range, a function, an operator or a comment: the source adds the range, and computes itself what grew.";
        }
        else if (template.HasWindow)
        {
            yield return "{window} is for expressions.";
        }
    }

    internal static IEnumerable<string> ExpressionProblems(QueryTemplate template)
    {
        if (string.IsNullOrWhiteSpace(template.Code))
        {
            yield return "it is empty.";
        }

        if (FixedRange().IsMatch(template.Code))
        {
            yield return "a range of a fixed length reaches back before the last traffic shift. Write [{window}].";
        }

        if (Subquery().IsMatch(template.Code))
        {
            yield return "a subquery adds its range to the one inside, and reaches back before the last traffic shift.";
        }

        if (template.Code.Contains('#', StringComparison.Ordinal))
        {
            yield return "it has a comment, which can hide quotes. Leave it out.";
        }

        if (Shifted().IsMatch(template.Code))
        {
            yield return "offset and @ ask for another time than that of the sample.";
        }
    }

    [GeneratedRegex(@"\A\s*([a-zA-Z_:][a-zA-Z0-9_:]*)?\s*(\{[^{}]*\})?\s*\z")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\[\s*[0-9]")]
    private static partial Regex FixedRange();

    [GeneratedRegex(@"\[[^\]]*:")]
    private static partial Regex Subquery();

    [GeneratedRegex(@"\boffset\b|@", RegexOptions.IgnoreCase)]
    private static partial Regex Shifted();
}
