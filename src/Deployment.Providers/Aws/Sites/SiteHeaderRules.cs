namespace Deployment.Providers.Aws.Sites;

/// <summary>Which headers a file is served with, by its name and the options.</summary>
internal sealed class SiteHeaderRules(SiteOptions options)
{
    public const string Gzip = "gzip";
    private const string Brotli = "br";
    private const string Immutable = "public, max-age=31536000, immutable";
    private const string NoCache = "no-cache";

    // A service worker or manifest that is cached keeps an old site alive: www.w3.org/TR/service-workers.
    private static readonly string[] _alwaysNew = ["*.html", "*.htm", "*.xhtml", "sw.js", "service-worker.js", "ngsw-worker.js", "ngsw.json", "*.webmanifest", "manifest.json"];

    /// <param name="key">Its path in the site.</param>
    /// <param name="exists">Whether there is a file at another path.</param>
    public SiteHeaders Of(string key, Func<string, bool> exists)
    {
        (string plain, string? encoding) = options.Variants ? Variant(key, exists) : (key, null);
        bool compress = encoding is null && IsCompressed(key);
        return new SiteHeaders(ContentTypes.Of(plain, options.ContentTypes), Cache(plain), compress ? Gzip : encoding);
    }

    /// <summary>Whether its content is compressed before it is stored.</summary>
    public bool IsCompressed(string key) => options.Compress.Any(pattern => SitePattern.Matches(pattern, key));

    /// <summary>What users open by itself, and so what shows them a revision: it changes last.</summary>
    public static bool IsPage(SiteHeaders headers) => headers.Type.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) || headers.Type.StartsWith("application/xhtml+xml", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether pages that were opened before may still ask for it when a newer revision has it no more.</summary>
    public static bool IsHashedAsset(string key, SiteHeaders headers) => !IsPage(headers) && (headers.Cache.Contains("immutable", StringComparison.OrdinalIgnoreCase) || HashedName.IsLikely(key));

    private static (string Plain, string? Encoding) Variant(string key, Func<string, bool> exists)
    {
        string? encoding = key.EndsWith(".br", StringComparison.Ordinal) ? Brotli : key.EndsWith(".gz", StringComparison.Ordinal) ? Gzip : null;
        return encoding is not null && exists(key[..^3]) ? (key[..^3], encoding) : (key, null);
    }

    private string Cache(string key) =>
        options.CacheControl.FirstOrDefault(rule => SitePattern.Matches(rule.Pattern, key))?.Value
        ?? (_alwaysNew.Any(pattern => SitePattern.Matches(pattern, key)) ? NoCache
            : HashedName.IsCertain(key) ? Immutable
            : options.DefaultCacheControl);
}
