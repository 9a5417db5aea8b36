using System.Text;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Which names may be keys of a site, and which ones are our own.</summary>
internal static class SiteKeys
{
    /// <summary>The longest key of S3, in bytes (docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html).</summary>
    public const int Longest = 1024;

    /// <summary>The folder beside the site that has our records.</summary>
    public const string Own = ".deployment/";

    /// <summary>What is served in place.</summary>
    public const string Served = Own + "manifest.json";

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What a revision consists of.</summary>
    public static string Manifest(string revision) => $"{Own}manifests/{revision}.json";

    /// <summary>What an upload of a revision set out to do.</summary>
    public static string Intent(string revision) => $"{Own}uploads/{revision}.json";

    /// <summary>Who switched an atomic site last.</summary>
    public static string Switch(string owner) => $"{Own}switches/{owner}.json";

    /// <summary>Content that was overwritten or removed.</summary>
    public static string Kept(string sha256) => $"{Own}kept/{sha256}";

    /// <summary>Null when a path in a site can be a key, else what is wrong with it, to be put after its name.</summary>
    /// <param name="key">The path, with <c>/</c>.</param>
    /// <param name="prefix">What stands before it in the bucket.</param>
    public static string? Problem(string key, string prefix = "")
    {
        int bytes;
        try
        {
            bytes = _strict.GetByteCount(prefix) + _strict.GetByteCount(key);
        }
        catch (EncoderFallbackException)
        {
            return "is no valid Unicode";
        }

        return key.Length == 0 ? "is empty"
            : key.Contains('\uFFFD', StringComparison.Ordinal) ? "is no valid Unicode"
            : key.Any(c => char.IsControl(c) || c is '\uFFFE' or '\uFFFF' or '\u2028' or '\u2029') ? "has a control character"
            : key.Split('/').Any(part => part is "" or "." or "..") ? "has a part that is empty, '.' or '..'"
            : key.StartsWith(Own, StringComparison.Ordinal) || key == Own.TrimEnd('/') ? $"is below {Own}, where the records of deployments are"
            : bytes > Longest ? $"has {bytes:N0} bytes with its prefix, and a key may have {Longest:N0}"
            : null;
    }
}
