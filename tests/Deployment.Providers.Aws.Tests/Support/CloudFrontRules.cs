namespace Deployment.Providers.Aws.Tests.Support;

/// <summary>What CloudFront takes.</summary>
internal static class CloudFrontRules
{
    // docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html: in progress at one time.
    public const int MostWildcards = 15;
    public const int MostFiles = 3_000;

    // docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html, "Invalidation paths".
    private const int LongestPath = 4_000;
    private const string Unsafe = " <>\"#{}|\\^~[]`";

    // What is longer is refused by our own rule: see S3SiteTargetOptions.
    private const int LongestOriginPath = 255;

    /// <summary>Characters that aren't ASCII, or that RFC 1738 calls unsafe, must be encoded; a wildcard may only be at the end.</summary>
    public static bool IsInvalidationPath(string path) =>
        path is ['/', ..] and { Length: <= LongestPath } && path.All(c => c is > ' ' and < '\u007f' && !Unsafe.Contains(c, StringComparison.Ordinal)) && path.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || star == path.Length - 1);

    // docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html: it begins with '/' and doesn't end with one.
    public static bool IsOriginPath(string path) => path.Length == 0 || (path[0] == '/' && path[^1] != '/' && path.Length <= LongestOriginPath);
}
