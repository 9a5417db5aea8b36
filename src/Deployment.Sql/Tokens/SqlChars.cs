using System.Globalization;
using System.Text;

namespace Deployment.Sql.Tokens;

/// <summary>Which characters PostgreSQL takes for what.</summary>
internal static class SqlChars
{
    internal static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    /// <summary>Everything beyond ASCII is a letter to PostgreSQL, a no-break space too.</summary>
    internal static bool StartsName(char c) => char.IsAsciiLetter(c) || c == '_' || c >= '\u0080';

    internal static bool ContinuesName(char c) => StartsName(c) || char.IsAsciiDigit(c) || c == '$';

    internal static bool IsOperator(char c) => "+-*/<>=~!@#%^&|`?".Contains(c, StringComparison.Ordinal);

    internal static bool IsSpecialOperator(char c) => "~!@#%^&|`?".Contains(c, StringComparison.Ordinal);

    /// <summary>A text for a message: what steers a terminal is written as its code.</summary>
    internal static string Printable(string text)
    {
        var printed = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            bool steers = char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
            _ = steers ? printed.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : printed.Append(c);
        }

        return printed.ToString();
    }
}
