using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Deployment.Providers.Aws.Clients;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// The calls of S3 that a site needs; keys are whole ones. Each says whose bucket it must be, where the options do, and each body's SHA-256, which S3 compares
/// to what arrived before it stores it (docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html).
/// </summary>
internal sealed partial class SiteBucket(AwsAccess access, SiteOptions options)
{
    private readonly DirectCalls _direct = new(access, options);
    private const string Json = "application/json";
    private const string NoStore = "no-store";

    private string Name => options.Bucket;

    // Plain HTTP needs a signed body; with TLS the checksum suffices, and the body isn't hashed once more.
    private bool Unsigned => !(access.S3.Config.ServiceURL ?? "").StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>An object's bytes and ETag; null where there is none.</summary>
    public async Task<(byte[] Bytes, string ETag)?> ReadAsync(string key, int most, CancellationToken cancellationToken)
    {
        if (await _direct.TryAsync(new DirectRequest(HttpMethod.Get, key) { LongestAnswer = most }, cancellationToken).ConfigureAwait(false) is { ETag.Length: > 0 } direct)
        {
            return (direct.Body, direct.ETag);
        }

        try
        {
            return await CallAsync<(byte[], string)?>("s3:GetObject", key, async s3 =>
            {
                using GetObjectResponse answer = await s3.GetObjectAsync(new GetObjectRequest { BucketName = Name, Key = key, ExpectedBucketOwner = options.BucketOwner }, cancellationToken).ConfigureAwait(false);
                if (answer.ContentLength > most)
                {
                    throw new DeploymentException($"{Shown(key)} in {Name} has {answer.ContentLength:N0} bytes; a record has at most {most:N0}.");
                }

                byte[] bytes = new byte[answer.ContentLength];
                await answer.ResponseStream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
                return (bytes, Plain(answer.ETag));
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (DeploymentException error) when (Find(error) is { IsNotFound: true, Code: not "NoSuchBucket" })
        {
            return null;
        }
    }

    /// <summary>Writes a record of ours. A lost race with somebody else is an error.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="bytes">The record.</param>
    /// <param name="over">The ETag of what it takes the place of, empty for nothing; null for whatever is there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<string> WriteAsync(string key, byte[] bytes, string? over, CancellationToken cancellationToken)
    {
        byte[] sha256 = SHA256.HashData(bytes);
        (string? match, string? none) = Condition(over);
        if (await PutDirectAsync(key, bytes, bytes.Length, sha256, new SiteHeaders(Json, NoStore, null), [("if-match", match), ("if-none-match", none)], cancellationToken).ConfigureAwait(false) is { } stored)
        {
            return stored;
        }

        PutObjectRequest request = Put(key, bytes, bytes.Length, sha256);
        request.ContentType = Json;
        request.Headers.CacheControl = NoStore;
        request.IfMatch = match;
        request.IfNoneMatch = none;
        try
        {
            return Plain((await CallAsync("s3:PutObject", key, s3 => s3.PutObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false)).ETag);
        }
        catch (DeploymentException error) when (IsRefusal(error))
        {
            // It may have been this one, whose answer was lost.
            return await ReadAsync(key, SiteRecords.Longest, cancellationToken).ConfigureAwait(false) is { } there && there.Bytes.AsSpan().SequenceEqual(bytes)
                ? there.ETag
                : throw new DeploymentException($"Somebody else has changed {Shown(key)} in {Name} meanwhile: another deployment of this site is under way, or was. Look at what is served, and plan again.", error);
        }
    }

    /// <summary>Stores a file in one piece. A lost race with somebody else is an error.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="buffer">Where its bytes are, from the start.</param>
    /// <param name="count">How many.</param>
    /// <param name="sha256">Their SHA-256.</param>
    /// <param name="headers">What it is served with.</param>
    /// <param name="over">The ETag of what it takes the place of, empty for nothing; null for whatever is there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Its ETag.</returns>
    public async Task<string> PutAsync(string key, byte[] buffer, int count, byte[] sha256, SiteHeaders headers, string? over, CancellationToken cancellationToken)
    {
        (string? match, string? none) = Condition(over);
        if (await PutDirectAsync(key, buffer, count, sha256, headers, [("x-amz-acl", options.Acl), ("if-match", match), ("if-none-match", none)], cancellationToken).ConfigureAwait(false) is { } stored)
        {
            return stored;
        }

        PutObjectRequest request = Put(key, buffer, count, sha256);
        request.ContentType = headers.Type;
        request.Headers.CacheControl = headers.Cache;
        request.Headers.ContentEncoding = headers.Encoding;
        request.CannedACL = options.Acl;
        request.IfMatch = match;
        request.IfNoneMatch = none;
        try
        {
            return Plain((await CallAsync("s3:PutObject", key, s3 => s3.PutObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false)).ETag);
        }
        catch (DeploymentException error) when (IsRefusal(error))
        {
            return await OwnAsync(key, Convert.ToBase64String(sha256), error, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string?> PutDirectAsync(string key, byte[] buffer, int count, byte[] sha256, SiteHeaders headers, IReadOnlyList<(string Name, string? Value)> more, CancellationToken cancellationToken)
    {
        var request = new DirectRequest(HttpMethod.Put, key)
        {
            Body = buffer,
            Count = count,
            Sha256 = sha256,
            Type = headers.Type,
            Headers = [("cache-control", headers.Cache), ("content-encoding", headers.Encoding), ("x-amz-sdk-checksum-algorithm", "SHA256"), ("x-amz-checksum-sha256", Convert.ToBase64String(sha256)), .. Encrypted(), .. more],
        };
        return await _direct.TryAsync(request, cancellationToken).ConfigureAwait(false) is { ETag: { Length: > 0 } etag } ? etag : null;
    }

    private (string Name, string? Value)[] Encrypted() => [("x-amz-server-side-encryption", Encryption?.Value), ("x-amz-server-side-encryption-aws-kms-key-id", options.KmsKey)];

    private PutObjectRequest Put(string key, byte[] buffer, int count, byte[] sha256) => new()
    {
        BucketName = Name,
        Key = key,
        InputStream = new MemoryStream(buffer, 0, count, writable: false),
        ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
        ChecksumSHA256 = Convert.ToBase64String(sha256),
        UseChunkEncoding = false,
        DisablePayloadSigning = Unsigned,
        ServerSideEncryptionMethod = Encryption,
        ServerSideEncryptionKeyManagementServiceKeyId = options.KmsKey,
        ExpectedBucketOwner = options.BucketOwner,
    };

    private ServerSideEncryptionMethod? Encryption => options.Encryption switch
    {
        SiteEncryption.Aes256 => ServerSideEncryptionMethod.AES256,
        SiteEncryption.Kms => ServerSideEncryptionMethod.AWSKMS,
        _ => null,
    };

    private async Task<T> CallAsync<T>(string action, string key, Func<IAmazonS3, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await access.InTimeAsync(call(access.S3), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not DeploymentException && AwsFailure.Is(error, cancellationToken))
        {
            throw SiteFailure.Of(error, action, $"{Name}/{key}", options);
        }
    }

    private static AwsFailure? Find(DeploymentException error) => error as AwsFailure ?? error.InnerException as AwsFailure;

    private static string Decoded(string key, EncodingType? encoding) => encoding == EncodingType.Url ? WebUtility.UrlDecode(key) : key;

    internal static string Plain(string? etag) => (etag ?? "").Trim('"');

    private static string Shown(string text) => Naming.PrintableUpTo(text, SiteKeys.Longest);
}
