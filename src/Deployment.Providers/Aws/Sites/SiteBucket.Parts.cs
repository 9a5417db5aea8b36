using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Uploads in parts (docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html).</summary>
internal sealed partial class SiteBucket
{
    /// <summary>Begins an upload in parts.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> BeginAsync(string key, SiteHeaders headers, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = Name,
            Key = key,
            ContentType = headers.Type,
            CannedACL = options.Acl,
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
            ServerSideEncryptionMethod = Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = options.KmsKey,
            ExpectedBucketOwner = options.BucketOwner,
        };
        request.Headers.CacheControl = headers.Cache;
        request.Headers.ContentEncoding = headers.Encoding;
        return (await CallAsync("s3:PutObject", key, s3 => s3.InitiateMultipartUploadAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false)).UploadId;
    }

    /// <summary>Uploads a part, numbered from 1.</summary>
    public async Task<PartETag> PartAsync(string key, string upload, int number, byte[] buffer, int count, byte[] sha256, CancellationToken cancellationToken)
    {
        string checksum = Convert.ToBase64String(sha256);
        var request = new DirectRequest(HttpMethod.Put, key)
        {
            Query = string.Create(CultureInfo.InvariantCulture, $"partNumber={number}&uploadId={Uri.EscapeDataString(upload)}"),
            Body = buffer,
            Count = count,
            Sha256 = sha256,
            Headers = [("x-amz-checksum-sha256", checksum)],
        };
        if (await _direct.TryAsync(request, cancellationToken).ConfigureAwait(false) is { ETag: { Length: > 0 } etag })
        {
            return new PartETag(number, $"\"{etag}\"") { ChecksumSHA256 = checksum };
        }

        UploadPartResponse answer = await CallAsync("s3:PutObject", key, s3 => s3.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = Name,
                Key = key,
                UploadId = upload,
                PartNumber = number,
                PartSize = count,
                InputStream = new MemoryStream(buffer, 0, count, writable: false),
                ChecksumSHA256 = checksum,
                UseChunkEncoding = false,
                DisablePayloadSigning = Unsigned,
                ExpectedBucketOwner = options.BucketOwner,
            },
            cancellationToken), cancellationToken).ConfigureAwait(false);
        return new PartETag(number, answer.ETag) { ChecksumSHA256 = checksum };
    }

    /// <summary>Makes an object of the parts. A lost race with somebody else is an error.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="upload">The upload.</param>
    /// <param name="parts">Its parts.</param>
    /// <param name="checksum">The SHA-256 over those of the parts, in base64.</param>
    /// <param name="over">The ETag of what it takes the place of, empty for nothing; null for whatever is there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Its ETag.</returns>
    public async Task<string> CompleteAsync(string key, string upload, List<PartETag> parts, string checksum, string? over, CancellationToken cancellationToken)
    {
        (string? match, string? none) = Condition(over);
        try
        {
            CompleteMultipartUploadResponse answer = await CallAsync("s3:PutObject", key, s3 => s3.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = Name, Key = key, UploadId = upload, PartETags = parts, IfMatch = match, IfNoneMatch = none, ExpectedBucketOwner = options.BucketOwner },
                cancellationToken), cancellationToken).ConfigureAwait(false);
            return Plain(answer.ETag);
        }
        catch (DeploymentException error) when (Find(error) is { Code: "NoSuchUpload" })
        {
            // The answer to an earlier attempt was lost, and the upload is complete; or somebody aborted it.
            if (await LookAsync(key, cancellationToken).ConfigureAwait(false) is { } there && there.Has(checksum))
            {
                return there.Seen.ETag;
            }

            throw;
        }
        catch (DeploymentException error) when (IsRefusal(error))
        {
            return await OwnAsync(key, checksum, error, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends an upload in parts and frees what was stored of it.</summary>
    public async Task AbortAsync(string key, string upload, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync("s3:AbortMultipartUpload", key, s3 => s3.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = Name, Key = key, UploadId = upload, ExpectedBucketOwner = options.BucketOwner },
                cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (DeploymentException error) when (Find(error) is { Code: "NoSuchUpload" })
        {
            // It is gone already.
        }
    }

    /// <summary>The uploads in parts below a prefix that were never ended: key and id.</summary>
    public async Task<List<(string Key, string Upload)>> FindUploadsAsync(string prefix, CancellationToken cancellationToken)
    {
        List<(string, string)> found = [];
        string? key = null;
        string? upload = null;
        bool more;
        do
        {
            var request = new ListMultipartUploadsRequest { BucketName = Name, Prefix = prefix.Length == 0 ? null : prefix, KeyMarker = key, UploadIdMarker = upload, Encoding = EncodingType.Url, ExpectedBucketOwner = options.BucketOwner };
            ListMultipartUploadsResponse page = await CallAsync("s3:ListBucketMultipartUploads", prefix, s3 => s3.ListMultipartUploadsAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (MultipartUpload seen in page.MultipartUploads ?? [])
            {
                found.Add((Decoded(seen.Key, page.EncodingType), seen.UploadId));
            }

            more = page.IsTruncated == true && (page.NextKeyMarker, page.NextUploadIdMarker) != (key, upload) && found.Count < MostObjects;
            (key, upload) = (page.NextKeyMarker is { } marker ? Decoded(marker, page.EncodingType) : null, page.NextUploadIdMarker);
        }
        while (more);
        return found;
    }
}
