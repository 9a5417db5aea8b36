using Deployment.Commands;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>The lines with which a person does by hand what a verb does.</summary>
internal static class SiteLines
{
    /// <summary>What the lines of an upload do less well.</summary>
    public static IReadOnlyList<string> Notes(SiteOptions files) =>
    [
        $"By hand the aws tool chooses the content types, and hashed assets get the default cache control{(files.CacheControl.Count + files.ContentTypes.Count > 0 ? ", as do files with a rule or type of their own" : "")}.",
        .. files.Variants || files.Compress.Count > 0 ? new[] { "By hand nothing has a content encoding: files that end with .br or .gz must get theirs (--content-encoding), and nothing is compressed." } : [],
    ];

    /// <summary>What a copy that is put back lacks (docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html).</summary>
    public const string KeptNote = "What somebody else stored is copied before a file takes its place, and may be put back: its content, headers and metadata. S3 copies neither its ACL nor a redirect of its own (x-amz-website-redirect-location).";

    /// <summary>A line for the aws tool.</summary>
    public static string Aws(S3SiteTargetOptions options, params string[] arguments)
    {
        List<string> all = [.. arguments];
        if (options.Aws.Profile is { } profile)
        {
            all.AddRange(["--profile", profile]);
        }

        if (options.Aws.Region is { } region)
        {
            all.AddRange(["--region", region]);
        }

        if (options.Aws.Endpoint is { } endpoint)
        {
            all.AddRange(["--endpoint-url", endpoint.ToString().TrimEnd('/')]);
        }

        return Command.Of("aws", [.. all]).ToString();
    }

    /// <summary>Uploads a folder: assets first, pages last.</summary>
    public static IReadOnlyList<string> Upload(S3SiteTargetOptions options, string folder, string place) =>
    [
        Aws(options, ["s3", "cp", "--recursive", folder, place, "--exclude", "*.html", "--cache-control", options.Files.DefaultCacheControl, .. Storage(options.Files)]),
        Aws(options, ["s3", "cp", "--recursive", folder, place, "--exclude", "*", "--include", "*.html", "--cache-control", "no-cache", .. Storage(options.Files)]),
    ];

    /// <summary>Switches the origin, waits, and drops everything from the caches.</summary>
    public static IReadOnlyList<string> Switch(S3SiteTargetOptions options, string path)
    {
        string id = options.Distribution!;
        string origin = options.Origin is { } named ? $".Id == \"{named}\"" : $".DomainName | startswith(\"{options.Files.Bucket}.s3\")";
        string edit = CommandLine.Quote($".DistributionConfig | (.Origins.Items[] | select({origin})).OriginPath = $path");
        return
        [
            "CONFIG=$(mktemp)",
            $"{Aws(options, "cloudfront", "get-distribution-config", "--id", id, "--output", "json")} > \"$CONFIG\"",
            $"jq --arg path {CommandLine.Quote(path)} {edit} \"$CONFIG\" > \"$CONFIG.new\"",
            $"{Aws(options, "cloudfront", "update-distribution", "--id", id)} --if-match \"$(jq -r .ETag \"$CONFIG\")\" --distribution-config \"file://$CONFIG.new\"",
            Aws(options, "cloudfront", "wait", "distribution-deployed", "--id", id),
            .. options.InvalidationPaths == 0 ? [] : new[] { Aws(options, "cloudfront", "create-invalidation", "--distribution-id", id, "--paths", "/*") },
        ];
    }

    private static IEnumerable<string> Storage(SiteOptions files)
    {
        if (files.Acl is { } acl)
        {
            yield return "--acl";
            yield return acl;
        }

        if (files.Encryption != SiteEncryption.Bucket)
        {
            yield return "--sse";
            yield return files.Encryption == SiteEncryption.Kms ? "aws:kms" : "AES256";
        }

        if (files.KmsKey is { } key)
        {
            yield return "--sse-kms-key-id";
            yield return key;
        }
    }
}
