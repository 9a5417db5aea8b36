using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Deployment.Tests.S3;

/// <summary>Reads bodies and refuses those that aren't what their headers say (userguide/checking-object-integrity-upload.html).</summary>
internal static class SmallS3Body
{
    private const string ContentHash = "x-amz-content-sha256";

    public static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        byte[] sent = await ReadAllAsync(request);
        byte[] body = request.Headers[ContentHash].ToString().StartsWith("STREAMING-", StringComparison.Ordinal) ? Unchunked(sent) : sent;
        string hash = request.Headers[ContentHash].ToString();
        if (hash.Length == 64 && !Convert.ToHexStringLower(SHA256.HashData(body)).Equals(hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new SmallS3Exception(HttpStatusCode.BadRequest, "XAmzContentSHA256Mismatch");
        }

        if ((request.Headers["x-amz-checksum-sha256"].ToString() is { Length: > 0 } sha && Convert.ToBase64String(SHA256.HashData(body)) != sha)
            || (request.Headers.ContentMD5.ToString() is { Length: > 0 } md5 && Md5Base64(body) != md5))
        {
            throw new SmallS3Exception(HttpStatusCode.BadRequest, "BadDigest");
        }

        return body;
    }

#pragma warning disable CA5351 // It is what S3's ETags are (API/API_Object.html).
    public static string Md5(params IEnumerable<byte[]> pieces)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (byte[] piece in pieces)
        {
            hash.AppendData(piece);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Md5Base64(byte[] body) => Convert.ToBase64String(MD5.HashData(body));
#pragma warning restore CA5351

    private static async Task<byte[]> ReadAllAsync(HttpRequest request)
    {
        if (request.ContentLength is { } length)
        {
            byte[] body = new byte[length];
            await request.Body.ReadExactlyAsync(body);
            return body;
        }

        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer);
        return buffer.ToArray();
    }

    // API/sigv4-streaming.html: SIZE;chunk-signature=…\r\n BYTES \r\n, until a size of 0.
    private static byte[] Unchunked(byte[] sent)
    {
        using var body = new MemoryStream(sent.Length);
        for (int at = 0; ;)
        {
            int end = at + sent.AsSpan(at).IndexOf("\r\n"u8);
            int size = int.Parse(Encoding.ASCII.GetString(sent, at, end - at).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return body.ToArray();
            }

            body.Write(sent, end + 2, size);
            at = end + 2 + size + 2;
        }
    }
}
