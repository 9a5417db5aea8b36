using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Amazon.S3;
using Amazon.S3.Model;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Copies inside the bucket (docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html).</summary>
internal sealed partial class SiteBucket
{
    /// <summary>Copies an object inside the bucket. A lost race with somebody else is an error.</summary>
    /// <param name="from">Its key.</param>
    /// <param name="etag">The ETag that it must have; null for any.</param>
    /// <param name="to">The key of the copy.</param>
    /// <param name="over">The ETag of what the copy takes the place of, empty for nothing; null for whatever is there.</param>
    /// <param name="sha256">The SHA-256 of its content, 64 hexadecimal digits; null where it isn't known.</param>
    /// <param name="headers">The copy's headers; null for the same.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The copy's ETag; null where there is no such object any more.</returns>
    public async Task<string?> CopyAsync(string from, string? etag, string to, string? over, string? sha256, SiteHeaders? headers, CancellationToken cancellationToken)
    {
        // Who may look at our own records isn't who may look at the site.
        string? acl = to.Contains($"{SiteKeys.Own}kept/", StringComparison.Ordinal) ? null : options.Acl;
        (string? match, string? none) = Condition(over);
        if (await CopyDirectAsync(from, etag, to, (match, none), headers, acl, cancellationToken).ConfigureAwait(false) is { } copied)
        {
            return copied;
        }

        var request = new CopyObjectRequest
        {
            SourceBucket = Name,
            SourceKey = from,
            DestinationBucket = Name,
            DestinationKey = to,
            ETagToMatch = etag is null ? null : $"\"{etag}\"",
            MetadataDirective = headers is null ? S3MetadataDirective.COPY : S3MetadataDirective.REPLACE,
            IfMatch = match,
            IfNoneMatch = none,
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
            ServerSideEncryptionMethod = Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = options.KmsKey,
            ExpectedBucketOwner = options.BucketOwner,
            ExpectedSourceBucketOwner = options.BucketOwner,
        };
        if (headers is not null)
        {
            request.ContentType = headers.Type;
            request.Headers.CacheControl = headers.Cache;
            request.Headers.ContentEncoding = headers.Encoding;
        }

        request.CannedACL = acl;
        try
        {
            return Plain((await CallAsync("s3:PutObject", to, s3 => s3.CopyObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false)).ETag);
        }
        catch (DeploymentException error) when (Find(error) is { IsNotFound: true, Code: not "NoSuchBucket" } or { Status: HttpStatusCode.PreconditionFailed } or { Code: "ConditionalRequestConflict" })
        {
            return await CopiedAsync(from, etag, to, over, sha256, error, cancellationToken).ConfigureAwait(false);
        }
    }

    // One condition is of the object, another of what is in the copy's place, and S3 doesn't say which one didn't hold.
    private async Task<string?> CopiedAsync(string from, string? etag, string to, string? over, string? sha256, DeploymentException refusal, CancellationToken cancellationToken)
    {
        StoredObject? source = await LookAsync(from, cancellationToken).ConfigureAwait(false);
        if (source is null || (etag is not null && source.Seen.ETag != etag) || over is null)
        {
            return null;
        }

        StoredObject? there = await LookAsync(to, cancellationToken).ConfigureAwait(false);
        string? checksum = sha256 is null ? source.Checksum : Convert.ToBase64String(Convert.FromHexString(sha256));
        return there is not null && there.Seen.Size == source.Seen.Size && checksum is not null && there.Has(checksum) ? there.Seen.ETag : throw Overtaken(to, refusal);
    }

    private async Task<string?> CopyDirectAsync(string from, string? etag, string to, (string? Match, string? None) condition, SiteHeaders? headers, string? acl, CancellationToken cancellationToken)
    {
        var request = new DirectRequest(HttpMethod.Put, to)
        {
            Body = [],
            Type = headers?.Type,
            Headers =
            [
                ("x-amz-copy-source", $"/{Name}/{DirectCalls.Encoded(from)}"),
                ("x-amz-copy-source-if-match", etag is null ? null : $"\"{etag}\""),
                ("if-match", condition.Match),
                ("if-none-match", condition.None),
                // It is known again by it.
                ("x-amz-checksum-algorithm", "SHA256"),
                ("x-amz-metadata-directive", headers is null ? "COPY" : "REPLACE"),
                ("cache-control", headers?.Cache),
                ("content-encoding", headers?.Encoding),
                ("x-amz-acl", acl),
                ("x-amz-source-expected-bucket-owner", options.BucketOwner),
                .. Encrypted(),
            ],
        };
        // A failure may come as a success whose body says it.
        return await _direct.TryAsync(request, cancellationToken).ConfigureAwait(false) is { Body: { } body } && CopyResult().Match(Encoding.UTF8.GetString(body)) is { Success: true } found
            ? Plain(WebUtility.HtmlDecode(found.Groups[1].Value))
            : null;
    }

    [GeneratedRegex("<CopyObjectResult[^>]*>.*<ETag>([^<]{1,200})</ETag>", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex CopyResult();
}
