namespace Deployment.Providers.Aws.CloudFront;

/// <summary>Which origin is switched, and how long that may take.</summary>
/// <param name="Distribution">The distribution's id.</param>
/// <param name="Bucket">The bucket that the origin is, where <paramref name="Origin"/> is null.</param>
/// <param name="Origin">The origin's id; null for the one whose domain is the bucket's.</param>
/// <param name="Deadline">How long all edges may take, and how long an invalidation.</param>
/// <param name="Interval">How often is looked.</param>
internal sealed record OriginSwitchOptions(string Distribution, string Bucket, string? Origin, TimeSpan Deadline, TimeSpan Interval)
{
    internal string OriginInWords => Origin is null ? $"of the bucket {Bucket}" : $"with the id {Origin}";

    // docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html: bucket.s3.region.amazonaws.com, and
    // bucket.s3-website-region or bucket.s3-website.region for a website's endpoint.
    internal bool IsOrigin(DistributionOrigin origin) => Origin is null
        ? origin.Domain.StartsWith(Bucket + ".s3.", StringComparison.Ordinal) || origin.Domain.StartsWith(Bucket + ".s3-website", StringComparison.Ordinal)
        : origin.Id == Origin;
}
