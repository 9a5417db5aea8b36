using Amazon.S3;
using Amazon.S3.Model;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Looks at single objects: those few of which the listing doesn't tell enough.</summary>
internal sealed partial class SiteBucket
{
    /// <summary>An object's ETag and size, and the SHA-256 that S3 compared when it was stored; null where there is none (docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html).</summary>
    public async Task<StoredObject?> LookAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            GetObjectMetadataResponse answer = await CallAsync("s3:GetObject", key, s3 => s3.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = Name, Key = key, ChecksumMode = ChecksumMode.ENABLED, ExpectedBucketOwner = options.BucketOwner },
                cancellationToken), cancellationToken).ConfigureAwait(false);
            return new StoredObject(new ListedObject(Plain(answer.ETag), answer.ContentLength), answer.ChecksumSHA256);
        }
        catch (DeploymentException error) when (Find(error) is { IsNotFound: true, Code: not "NoSuchBucket" })
        {
            return null;
        }
    }

    /// <summary>What is there after a write was refused by its condition: ours, if only the answer to it was lost.</summary>
    private async Task<string> OwnAsync(string key, string checksum, DeploymentException refusal, CancellationToken cancellationToken) =>
        await LookAsync(key, cancellationToken).ConfigureAwait(false) is { } there && there.Has(checksum) ? there.Seen.ETag
            : throw Overtaken(key, refusal);

    private DeploymentException Overtaken(string key, DeploymentException refusal) =>
        new($"Somebody else has stored {Shown(key)} in {Name} since it was looked at: it stays as it is. Look at who writes to the site, and run it again.", refusal);

    /// <summary>The condition of a write (docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).</summary>
    /// <param name="over">The ETag of what it takes the place of, empty for nothing; null for whatever is there.</param>
    private static (string? Match, string? None) Condition(string? over) => (over is { Length: > 0 } ? $"\"{over}\"" : null, over is { Length: 0 } ? "*" : null);

    private static bool IsRefusal(DeploymentException error) => Find(error) is { IsLostRace: true } or { IsNotFound: true, Code: "NoSuchKey" } or { Code: "ConditionalRequestConflict" };
}
