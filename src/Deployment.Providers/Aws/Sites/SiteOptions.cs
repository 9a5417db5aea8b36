namespace Deployment.Providers.Aws.Sites;

/// <summary>Where a site lies and how its files are stored.</summary>
public sealed partial class SiteOptions
{
    internal string Bucket { get; set; } = "";

    /// <summary>What stands before each key, with <c>/</c> at its end; at most 512 bytes, and 128 for an atomic site. Default empty: the whole bucket is the site's. A prefix belongs to one target.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>
    /// The cache control of files by <see cref="SiteRule"/>; the first that fits counts. Where none does: <c>public, max-age=31536000, immutable</c> for
    /// names that surely have a hash in them, <c>no-cache</c> for HTML, service workers and web manifests, and <see cref="DefaultCacheControl"/>. Default empty.
    /// </summary>
    public IList<SiteRule> CacheControl { get; private set; } = [];

    /// <summary>The cache control of everything else. Default <c>public, max-age=300</c>.</summary>
    public string DefaultCacheControl { get; set; } = "public, max-age=300";

    /// <summary>Content types by extension, such as <c>.html</c>, beside those that are known, or in place of them. Default empty.</summary>
    public IDictionary<string, string> ContentTypes { get; private set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether <c>x.js.br</c> and <c>x.js.gz</c> beside <c>x.js</c> are served as its compressed forms: with its type and their content encoding. Default true.</summary>
    public bool Variants { get; set; } = true;

    /// <summary>Which files are stored compressed with gzip, by patterns as those of <see cref="SiteRule"/>: for text, of at most 32 MiB, where every browser takes gzip. Default empty.</summary>
    public IList<string> Compress { get; private set; } = [];

    /// <summary>How S3 encrypts what is stored. Default: as the bucket says.</summary>
    public SiteEncryption Encryption { get; set; }

    /// <summary>The id or ARN of the key of KMS. Default null: the account's own for S3.</summary>
    public string? KmsKey { get; set; }

    /// <summary>A canned ACL for the site's files, such as <c>public-read</c>; our records beside them never have it. Default null: none, as buckets without ACLs need it.</summary>
    public string? Acl { get; set; }

    /// <summary>The account that must own the bucket, 12 digits: no request does anything where another one does. Default null: whoever owns it.</summary>
    public string? BucketOwner { get; set; }

    /// <summary>How many requests are under way at once, 1 to 256. Default 64: with less, a line with delays decides how long it takes.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>Which share of the site's files a deployment may remove, in percent, 0 to 100; more is an error of the plan. Default 20.</summary>
    public int RemovalLimit { get; set; } = 20;

    /// <summary>From which size on files are uploaded in parts, 5 MiB to 64 MiB. Default 16 MiB.</summary>
    public int MultipartThreshold { get; set; } = 16 * Mebibyte;

    /// <summary>The size of a part, 5 MiB to 64 MiB; each must get through within <see cref="AwsOptions.Timeout"/>. Default 8 MiB.</summary>
    public int PartSize { get; set; } = 8 * Mebibyte;

    /// <summary>For how many newer revisions hashed assets, and what going back needs, are kept, 1 to 100. Default 3.</summary>
    public int Revisions { get; set; } = 3;

    internal SiteOptions Copy()
    {
        var copy = (SiteOptions)MemberwiseClone();
        copy.CacheControl = [.. CacheControl];
        copy.ContentTypes = new Dictionary<string, string>(ContentTypes, StringComparer.OrdinalIgnoreCase);
        copy.Compress = [.. Compress];
        return copy;
    }
}
