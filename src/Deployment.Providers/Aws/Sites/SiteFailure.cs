using System.Net;
using System.Text.RegularExpressions;
using Amazon.S3;
using Deployment.Providers.Aws.Clients;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Says what failed about a bucket, where S3 itself says less than what to do.</summary>
internal static partial class SiteFailure
{
    // docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    private static readonly string[] _elsewhere = ["PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"];

    /// <param name="error">What was thrown.</param>
    /// <param name="action">IAM's name for it, such as <c>s3:PutObject</c>.</param>
    /// <param name="resource">What it was about.</param>
    /// <param name="options">Of the site.</param>
    public static DeploymentException Of(Exception error, string action, string resource, SiteOptions options)
    {
        AwsFailure failure = AwsFailure.Of(error, action, resource);
        string? advice = _elsewhere.Contains(failure.Code) || failure.Status == HttpStatusCode.MovedPermanently ? $"The bucket {options.Bucket} is in another region{Region(error)}: set Region to it."
            : failure.Code == "NoSuchBucket" ? $"There is no bucket {options.Bucket}; make it first, or look at its name and the account."
            : failure.Status == HttpStatusCode.Forbidden && options.BucketOwner is { } owner ? $"It may also be that the bucket isn't owned by the account {owner}, as BucketOwner says it must."
            : failure.Code is "BadDigest" or "XAmzContentSHA256Mismatch" or "InvalidDigest" ? "What arrived was not what was sent, so nothing was stored. Run it again."
            : failure.Code == "KMS.DisabledException" || failure.Code.StartsWith("KMS.", StringComparison.Ordinal) ? "The key of KMS refused: look at it and at its policy."
            : null;
        return advice is null ? failure : new DeploymentException($"{failure.Message} {advice}", failure);
    }

    private static string Region(Exception error) => error is AmazonS3Exception { ResponseBody: { } body } && InBody().Match(body) is { Success: true } found ? $", {found.Groups[1].Value}" : "";

    [GeneratedRegex("<Region>([a-z0-9-]{1,32})</Region>", RegexOptions.CultureInvariant)]
    private static partial Regex InBody();
}
