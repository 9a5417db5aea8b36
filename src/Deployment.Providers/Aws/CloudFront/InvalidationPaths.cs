using System.Text;

namespace Deployment.Providers.Aws.CloudFront;

/// <summary>
/// Which paths are invalidated for files that changed. A path costs the same whether it names one file or, with a wildcard at its end, thousands, so the fewest
/// are taken; but a wildcard also drops files from the caches that did not change, so it stands for as few of those as may be.
/// </summary>
internal static class InvalidationPaths
{
    // RFC 1738, section 2.2, which has the tilde among them.
    private const string Unsafe = " <>\"#%{}|\\^~[]`?*";

    /// <summary>Everything.</summary>
    public const string All = "/*";

    /// <summary>
    /// The paths. Whole folders take the place of files until there are at most <paramref name="most"/>, those first that drop the fewest unchanged files
    /// for each path that they save.
    /// </summary>
    /// <param name="changed">The keys of changed and removed files, without the site's prefix.</param>
    /// <param name="unchanged">The keys of files that stay as they are.</param>
    /// <param name="most">How many paths there may be, 1 to 3,000, of which at most 15 with a wildcard (docs.aws.amazon.com: InvalidationLimits).</param>
    /// <param name="rootObject">What is answered for '/'; empty for nothing.</param>
    public static IReadOnlyList<string> Of(IEnumerable<string> changed, IEnumerable<string> unchanged, int most, string rootObject = "")
    {
        var folders = new FolderTree();
        foreach (string key in changed)
        {
            foreach (string path in PathsOf(key, rootObject))
            {
                folders.AddChanged(path);
            }
        }

        foreach (string key in unchanged)
        {
            folders.AddUnchanged("/" + key);
        }

        return folders.Cover(most);
    }

    /// <summary>
    /// A path as CloudFront takes it: what isn't ASCII, and what RFC 1738 calls unsafe, is percent-encoded, and nothing else, or the path would name another file
    /// (docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html). Encoded too are '?', after which a query would begin,
    /// and '*', which at a path's end would be a wildcard.
    /// </summary>
    public static string Encode(string path) => string.Concat(Encoding.UTF8.GetBytes(path).Select(one => one < 128 && !Unsafe.Contains((char)one) ? ((char)one).ToString() : $"%{one:X2}"));

    // Whoever asks for a folder gets its index.html, by the distribution's root object or by a function of the user's.
    private static IEnumerable<string> PathsOf(string key, string rootObject)
    {
        yield return "/" + key;
        string file = key[(key.LastIndexOf('/') + 1)..];
        if (key == rootObject || file == "index.html")
        {
            yield return "/" + key[..^file.Length];
        }
    }
}
