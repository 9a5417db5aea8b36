using System.Text;
using System.Text.RegularExpressions;

namespace Deployment.Releases;

/// <summary>The one place that decides which names from outside may become ids, file names and labels.</summary>
internal static partial class Naming
{
    internal const int MaxLength = 63;

    /// <summary>Checks a name of an application, target, pipeline, environment, step or check group.</summary>
    internal static string Check(string what, string? name) =>
        Problem(what, name) is { } problem ? throw new DeploymentException(problem) : name!;

    /// <summary>Null when the name is fine, else one sentence that says what is wrong and how to mend it.</summary>
    internal static string? Problem(string what, string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return $"The {what} name is empty. Give it 1 to {MaxLength} letters, digits, '.' or '-'.";
        }

        if (name.Length > MaxLength || !Allowed().IsMatch(name) || name.Contains("..", StringComparison.Ordinal))
        {
            return $"The {what} name '{Printable(name)}' can't be used: take 1 to {MaxLength} letters, digits, '.' or '-', "
                + "beginning and ending with a letter or digit and without '..'.";
        }

        return null;
    }

    /// <summary>Shows hostile text in a message without letting it break the line or the terminal.</summary>
    internal static string Printable(string text) => PrintableUpTo(text, 80);

    /// <param name="text">The text.</param>
    /// <param name="longest">How many of its characters are shown.</param>
    internal static string PrintableUpTo(string text, int longest)
    {
        var shown = new StringBuilder(Math.Min(text.Length, longest));
        foreach (char c in text.Length > longest ? text[..longest] : text)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029' || char.IsSurrogate(c))
            {
                shown.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            }
            else
            {
                shown.Append(c);
            }
        }

        return text.Length > longest ? shown.Append('…').ToString() : shown.ToString();
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Allowed();
}
