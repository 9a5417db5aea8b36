using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Deployment.Tests.S3;

/// <summary>What can be asked of a bucket and its objects.</summary>
internal static class SmallS3Actions
{
    // What is stored with an object and served with it.
    private static readonly string[] _kept = ["Content-Type", "Cache-Control", "Content-Encoding", "x-amz-server-side-encryption", "x-amz-acl"];

    public static Task AnswerAsync(HttpContext context, ConcurrentDictionary<string, SmallS3Bucket> buckets, SmallS3Bucket bucket, string key)
    {
        HttpRequest request = context.Request;
        IQueryCollection query = request.Query;
        return (request.Method, key.Length > 0) switch
        {
            ("GET", false) when query.ContainsKey("uploads") => SmallS3Listings.UploadsAsync(context, bucket),
            ("GET", false) when query.ContainsKey("location") => SmallS3Answer.XmlAsync(context, "LocationConstraint", _ => { }),
            ("GET", false) => SmallS3Listings.ObjectsAsync(context, bucket),
            ("HEAD", false) => Task.CompletedTask,
            ("POST", false) when query.ContainsKey("delete") => SmallS3Removals.RemoveAsync(context, bucket),
            ("POST", true) when query.ContainsKey("uploads") => SmallS3Uploads.BeginAsync(context, bucket, key, Headers(request)),
            ("POST", true) when query.ContainsKey("uploadId") => SmallS3Uploads.CompleteAsync(context, bucket, key),
            ("PUT", true) when query.ContainsKey("uploadId") => SmallS3Uploads.PartAsync(context, bucket, key),
            ("PUT", true) when request.Headers.ContainsKey("x-amz-copy-source") => CopyAsync(context, buckets, bucket, key),
            ("PUT", true) => PutAsync(context, bucket, key),
            ("DELETE", true) when query.ContainsKey("uploadId") => SmallS3Uploads.AbortAsync(context, bucket, key),
            ("DELETE", true) => RemoveAsync(context, bucket, key),
            ("GET" or "HEAD", true) => GetAsync(context, bucket, key),
            _ => throw new SmallS3Exception(HttpStatusCode.NotImplemented, "NotImplemented"),
        };
    }

    private static string ETag(SmallS3Bucket bucket, byte[] body) => bucket.HasOpaqueETags ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : SmallS3Body.Md5(body);

    private static async Task PutAsync(HttpContext context, SmallS3Bucket bucket, string key)
    {
        byte[] body = await SmallS3Body.ReadAsync(context.Request);
        SmallS3Conditions.Check(context.Request, bucket.Objects.GetValueOrDefault(key));
        Dictionary<string, string> headers = Headers(context.Request);
        var stored = new SmallS3Object([body], ETag(bucket, body), headers, TimeProvider.System.GetUtcNow()) { Checksum = context.Request.Headers["x-amz-checksum-sha256"] };
        bucket.Put(key, stored);
        context.Response.Headers.ETag = $"\"{stored.ETag}\"";
    }

    private static async Task CopyAsync(HttpContext context, ConcurrentDictionary<string, SmallS3Bucket> buckets, SmallS3Bucket bucket, string key)
    {
        HttpRequest request = context.Request;
        string[] source = Uri.UnescapeDataString(request.Headers["x-amz-copy-source"].ToString()).TrimStart('/').Split('/', 2);
        if (!buckets.TryGetValue(source[0], out SmallS3Bucket? from) || !from.Objects.TryGetValue(source[1], out SmallS3Object? its))
        {
            throw new SmallS3Exception(HttpStatusCode.NotFound, "NoSuchKey");
        }

        if (request.Headers["x-amz-copy-source-if-match"].ToString() is { Length: > 0 } match && match.Trim('"') != its.ETag)
        {
            throw new SmallS3Exception(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        }

        SmallS3Conditions.Check(request, bucket.Objects.GetValueOrDefault(key));
        Dictionary<string, string> headers = Headers(request);
        if (request.Headers["x-amz-metadata-directive"] != "REPLACE")
        {
            headers = its.Headers.Where(header => header.Key != "x-amz-acl").Concat(headers.Where(header => header.Key is "x-amz-acl")).ToDictionary();
        }

        byte[] body = its.Bytes;
        // API/API_CopyObject.html: a copy is stored in one piece, and has the checksum that is asked for, or else one as the other has.
        bool isChecked = request.Headers["x-amz-checksum-algorithm"] == "SHA256" || its.Checksum is not null;
        var stored = new SmallS3Object([body], ETag(bucket, body), headers, TimeProvider.System.GetUtcNow()) { Checksum = isChecked ? Convert.ToBase64String(SHA256.HashData(body)) : null };
        bucket.Put(key, stored);
        await SmallS3Answer.XmlAsync(context, "CopyObjectResult", xml =>
        {
            xml.WriteElementString("ETag", $"\"{stored.ETag}\"");
            xml.WriteElementString("LastModified", stored.Modified.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture));
        });
    }

    private static Task RemoveAsync(HttpContext context, SmallS3Bucket bucket, string key)
    {
        bucket.Remove(key);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static async Task GetAsync(HttpContext context, SmallS3Bucket bucket, string key)
    {
        if (!bucket.Objects.TryGetValue(key, out SmallS3Object? found))
        {
            throw new SmallS3Exception(HttpStatusCode.NotFound, "NoSuchKey");
        }

        HttpResponse response = context.Response;
        foreach ((string name, string value) in found.Headers)
        {
            response.Headers[name] = value;
        }

        if (bucket.HasOpaqueETags)
        {
            response.Headers["x-amz-server-side-encryption"] = "aws:kms";
            response.Headers["x-amz-server-side-encryption-aws-kms-key-id"] = "key";
        }

        // API/API_HeadObject.html; a range has none.
        if (found.Checksum is not null && context.Request.Headers.Range.Count == 0 && context.Request.Headers["x-amz-checksum-mode"] == "ENABLED")
        {
            response.Headers["x-amz-checksum-sha256"] = found.Checksum;
        }

        response.Headers.ETag = $"\"{found.ETag}\"";
        response.Headers.LastModified = found.Modified.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        response.Headers.AcceptRanges = "bytes";
        (long first, long last) = (0, found.Size - 1);
        if (context.Request.GetTypedHeaders().Range?.Ranges.FirstOrDefault() is { From: { } from } range)
        {
            (first, last) = (from, Math.Min(range.To ?? last, last));
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {first}-{last}/{found.Size}";
        }

        response.ContentLength = last - first + 1;
        if (context.Request.Method == "GET" && found.Size > 0)
        {
            await response.Body.WriteAsync(found.Bytes.AsMemory((int)first, (int)(last - first + 1)));
        }
    }

    private static Dictionary<string, string> Headers(HttpRequest request)
    {
        Dictionary<string, string> headers = request.Headers
            .Where(header => _kept.Contains(header.Key, StringComparer.OrdinalIgnoreCase) || header.Key.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        // API/sigv4-streaming.html: it isn't stored with the object.
        if (headers.GetValueOrDefault("Content-Encoding") is { } encoding)
        {
            headers["Content-Encoding"] = string.Join(", ", encoding.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(one => one != "aws-chunked"));
            if (headers["Content-Encoding"].Length == 0)
            {
                headers.Remove("Content-Encoding");
            }
        }

        return headers;
    }
}
