using System.IO.Enumeration;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// Patterns of files: <c>*</c> is any text, <c>/</c> included, <c>?</c> any character, and <c>\</c> takes the next one as it is. One without <c>/</c> is
/// compared to the file's name, one with it to the whole path in the site. Upper and lower case differ, as they do in keys.
/// </summary>
internal static class SitePattern
{
    private const int Longest = 256;

    public static bool Matches(string pattern, string key) =>
        FileSystemName.MatchesSimpleExpression(pattern, pattern.Contains('/', StringComparison.Ordinal) ? key : Name(key), ignoreCase: false);

    public static string Name(string key) => key[(key.LastIndexOf('/') + 1)..];

    /// <summary>Null when a pattern is fine, else a sentence.</summary>
    public static string? Problem(string setting, string? pattern) =>
        pattern is not { Length: > 0 and <= Longest } || pattern.Any(char.IsControl) || pattern.StartsWith('/')
            ? $"{setting} has the pattern '{Naming.Printable(pattern ?? "")}': take 1 to {Longest} characters without a '/' at the beginning, such as *.html or assets/*."
            : null;
}
