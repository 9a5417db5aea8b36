using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Deployment.Tests.S3;

/// <summary>Uploads in parts (userguide/mpuoverview.html).</summary>
internal static class SmallS3Uploads
{
    private const int SmallestPart = 5 * 1024 * 1024;
    private static int _last;

    public static Task BeginAsync(HttpContext context, SmallS3Bucket bucket, string key, IReadOnlyDictionary<string, string> headers)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"upload-{Interlocked.Increment(ref _last)}");
        bucket.Uploads[id] = new SmallS3Upload(key, headers);
        return SmallS3Answer.XmlAsync(context, "InitiateMultipartUploadResult", xml =>
        {
            xml.WriteElementString("Key", key);
            xml.WriteElementString("UploadId", id);
        });
    }

    public static async Task PartAsync(HttpContext context, SmallS3Bucket bucket, string key)
    {
        byte[] body = await SmallS3Body.ReadAsync(context.Request);
        SmallS3Upload upload = Find(context, bucket, key);
        var part = new SmallS3Object([body], SmallS3Body.Md5(body), upload.Headers, TimeProvider.System.GetUtcNow());
        upload.Parts[int.Parse(context.Request.Query["partNumber"].ToString(), CultureInfo.InvariantCulture)] = part;
        context.Response.Headers.ETag = $"\"{part.ETag}\"";
    }

    public static async Task CompleteAsync(HttpContext context, SmallS3Bucket bucket, string key)
    {
        byte[] body = await SmallS3Body.ReadAsync(context.Request);
        SmallS3Upload upload = Find(context, bucket, key);
        var asked = XDocument.Parse(System.Text.Encoding.UTF8.GetString(body));
        SmallS3Object[] parts = [.. asked.Descendants().Where(element => element.Name.LocalName == "Part").Select(part => Part(upload, part))];
        if (parts.SkipLast(1).Any(part => part.Size < SmallestPart))
        {
            throw new SmallS3Exception(HttpStatusCode.BadRequest, "EntityTooSmall");
        }

        SmallS3Conditions.Check(context.Request, bucket.Objects.GetValueOrDefault(key));
        string etag = $"{SmallS3Body.Md5([.. parts.Select(part => Convert.FromHexString(part.ETag))])}-{parts.Length}";
        string checksum = $"{Convert.ToBase64String(SHA256.HashData([.. parts.SelectMany(part => SHA256.HashData(part.Bytes))]))}-{parts.Length}";
        bucket.Put(key, new SmallS3Object([.. parts.SelectMany(part => part.Pieces)], etag, upload.Headers, TimeProvider.System.GetUtcNow()) { Checksum = checksum });
        bucket.Uploads.TryRemove(context.Request.Query["uploadId"].ToString(), out _);
        await SmallS3Answer.XmlAsync(context, "CompleteMultipartUploadResult", xml =>
        {
            xml.WriteElementString("Key", key);
            xml.WriteElementString("ETag", $"\"{etag}\"");
        });
    }

    public static Task AbortAsync(HttpContext context, SmallS3Bucket bucket, string key)
    {
        Find(context, bucket, key);
        bucket.Uploads.TryRemove(context.Request.Query["uploadId"].ToString(), out _);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static SmallS3Upload Find(HttpContext context, SmallS3Bucket bucket, string key) =>
        bucket.Uploads.TryGetValue(context.Request.Query["uploadId"].ToString(), out SmallS3Upload? upload) && upload.Key == key
            ? upload
            : throw new SmallS3Exception(HttpStatusCode.NotFound, "NoSuchUpload");

    private static SmallS3Object Part(SmallS3Upload upload, XElement asked)
    {
        string Of(string name) => asked.Elements().First(element => element.Name.LocalName == name).Value;
        return upload.Parts.TryGetValue(int.Parse(Of("PartNumber"), CultureInfo.InvariantCulture), out SmallS3Object? part) && part.ETag == Of("ETag").Trim('"')
            ? part
            : throw new SmallS3Exception(HttpStatusCode.BadRequest, "InvalidPart");
    }
}
