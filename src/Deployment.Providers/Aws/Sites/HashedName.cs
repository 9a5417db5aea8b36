using System.Text.RegularExpressions;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// Tells names that bundlers give: with a hash of the content in them, so that other content has another name. Two questions, because a mistake costs
/// differently: who is told that a name never changes keeps it for a year; a file that stays a while longer for pages that were opened before costs nothing.
/// </summary>
internal static partial class HashedName
{
    // Folders that nothing but bundlers write to: SvelteKit, Next and Astro (nextjs.org/docs and docs.astro.build say that all in them is hashed).
    private static readonly string[] _hashed = ["_app/immutable/", "_next/static/", "_astro/"];

    // Folders of bundlers in which other files may lie too: Vite, Rollup, Remix (assets/) and Nuxt (_nuxt/).
    private static readonly string[] _mixed = ["assets/", "_nuxt/"];

    /// <summary>
    /// Whether it surely is one: <c>app.3f2a9c1b.js</c> anywhere, since words, dates and versions don't go to and fro between digits and letters from a to f;
    /// and in folders of bundlers what they alone write.
    /// </summary>
    public static bool IsCertain(string key) =>
        LiesIn(key, _hashed) || CertainHexadecimal().IsMatch(Name(key))
        || (LiesIn(key, _mixed) && Code().IsMatch(key) && Tokens(key).Any(token => token.Any(char.IsAsciiLetterUpper) && token.Any(char.IsAsciiLetterLower) && token.Any(char.IsAsciiDigit)));

    /// <summary>Whether it may be one: <c>index-DiwrgTda.js</c> and <c>main-ABCDEFGH.css</c> as well.</summary>
    public static bool IsLikely(string key) => IsCertain(key) || Hexadecimal().IsMatch(Name(key)) || Tokens(key).Any(token => !token.All(char.IsAsciiLetterLower) && !token.All(char.IsAsciiDigit));

    private static bool LiesIn(string key, string[] folders) => folders.Any(folder => key.StartsWith(folder, StringComparison.Ordinal) || key.Contains("/" + folder, StringComparison.Ordinal));

    private static string Name(string key) => SitePattern.Name(key);

    private static IEnumerable<string> Tokens(string key) => Token().Matches(Name(key)).Select(found => found.Groups[1].Value);

    // A digit before a letter, and a letter before a digit.
    [GeneratedRegex(@"(?:^|[._~-])(?=[0-9a-f]*[0-9][0-9a-f]*[0-9])(?=[0-9a-f]*[0-9][0-9a-f]*[a-f])(?=[0-9a-f]*[a-f][0-9a-f]*[0-9])[0-9a-f]{8,64}(?=[._~-]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex CertainHexadecimal();

    [GeneratedRegex(@"(?:^|[._~-])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}(?=[._~-]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Hexadecimal();

    // Eight characters of Base64 for URLs or of Base32, between a separator, or nothing, and the extension: what Vite, Rollup, esbuild, Nuxt and Angular write.
    [GeneratedRegex(@"(?:^|[.-])([A-Za-z0-9_-]{8})\.(?=[A-Za-z0-9]+(?:\.(?:map|br|gz))?$)", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    // What a person puts beside them are pictures and documents.
    [GeneratedRegex(@"\.(?:js|mjs|css|wasm)(?:\.(?:map|br|gz))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Code();
}
