namespace Deployment.Providers.Aws.CloudFront;

/// <summary>Where a distribution has its files from.</summary>
/// <param name="Id">Its id within the distribution.</param>
/// <param name="Domain">Such as <c>site.s3.eu-central-1.amazonaws.com</c>.</param>
/// <param name="Path">What stands before each path that is asked for: empty, or beginning with '/' and without one at the end.</param>
internal sealed record DistributionOrigin(string Id, string Domain, string Path);
