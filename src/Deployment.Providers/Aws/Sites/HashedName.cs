using System.Text.RegularExpressions;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// Tells names that bundlers give: with a hash of the content in them, so that other content has another name. Two questions, because a mistake costs
/// differently: who is told that a name never changes keeps it for a year; a file that stays a while longer for pages that were opened before costs nothing.
/// </summary>
internal static partial class HashedName
{
    /// <summary>Whether it surely is one: <c>app.3f2a9c1b.js</c> has a digit and a letter among at least eight hexadecimal digits, <c>index-BfK3x9_2.js</c> has capital and small letters and a digit.</summary>
    public static bool IsCertain(string key) => Hexadecimal().IsMatch(Name(key)) || Tokens(key).Any(token => token.Any(char.IsAsciiLetterUpper) && token.Any(char.IsAsciiLetterLower) && token.Any(char.IsAsciiDigit));

    /// <summary>Whether it may be one: <c>index-DiwrgTda.js</c> and <c>main-ABCDEFGH.css</c> as well.</summary>
    public static bool IsLikely(string key) => Hexadecimal().IsMatch(Name(key)) || Tokens(key).Any(token => !token.All(char.IsAsciiLetterLower) && !token.All(char.IsAsciiDigit));

    private static string Name(string key) => SitePattern.Name(key);

    private static IEnumerable<string> Tokens(string key) => Token().Matches(Name(key)).Select(found => found.Groups[1].Value);

    [GeneratedRegex(@"(?:^|[._~-])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}(?=[._~-]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Hexadecimal();

    // Eight characters of Base64 for URLs or of Base32, between a separator and the extension: what Vite, Rollup, esbuild and Angular write.
    [GeneratedRegex(@"[.-]([A-Za-z0-9_-]{8})\.(?=[A-Za-z0-9]+(?:\.(?:map|br|gz))?$)", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
