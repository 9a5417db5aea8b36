using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Amazon.S3.Model;
using Amazon.Util;
using Deployment.Providers.Aws.Clients;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// Stores a small object with one request that costs the processor a fraction of what the SDK's pipeline does, which decides how fast thousands of files are
/// stored. Credentials, address and signature are the SDK's; whatever isn't a plain success is left to the SDK, with its retries and its errors.
/// </summary>
internal sealed class DirectPut(AwsAccess access, SiteOptions options)
{
    private const string Service = "s3";

    // Directory buckets have signatures of their own: docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-create-session.html.
    private const string DirectoryBucket = "--x-s3";

    private readonly Lazy<HttpClient> _http = new(() => new HttpClient(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = access.S3.Config.Timeout ?? TimeSpan.FromSeconds(60),
    });

    private (string Address, string Host, string Path, string Region)? _place;
    private volatile bool _isOff;

    /// <summary>Tries it once.</summary>
    /// <returns>The object's ETag; null where the SDK is to be asked.</returns>
    public async Task<string?> TryAsync(string key, byte[] buffer, int count, byte[] sha256, SiteHeaders headers, CancellationToken cancellationToken)
    {
        if (_isOff || options.Bucket.EndsWith(DirectoryBucket, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using HttpRequestMessage request = await RequestAsync(key, sha256, headers).ConfigureAwait(false);
            request.Content = new ByteArrayContent(buffer, 0, count);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", headers.Type);
            if (headers.Encoding is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Encoding", headers.Encoding);
            }

            using HttpResponseMessage answer = await _http.Value.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
            // What was refused will be refused again; the SDK says why.
            _isOff |= (int)answer.StatusCode is >= 300 and < 500;
            return answer.StatusCode == HttpStatusCode.OK && answer.Headers.NonValidated.TryGetValues("ETag", out HeaderStringValues etag) ? SiteBucket.Plain(etag.ToString()) : null;
        }
        catch (Exception error) when (AwsFailure.Is(error, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>The canonical request and the names of the headers that it signs (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).</summary>
    /// <param name="path">The encoded path.</param>
    /// <param name="headers">The headers, by names in small letters.</param>
    /// <param name="hash">The SHA-256 of the body.</param>
    internal static (string Request, string Signed) Canonical(string path, SortedDictionary<string, string> headers, string hash)
    {
        string signed = string.Join(';', headers.Keys);
        return ($"PUT\n{path}\n\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{signed}\n{hash}", signed);
    }

    private async Task<HttpRequestMessage> RequestAsync(string key, byte[] sha256, SiteHeaders headers)
    {
        (string address, string host, string root, string region) = _place ??= Place();
        ImmutableCredentials credentials = await access.SignerAsync().ConfigureAwait(false);
        // All but letters, digits and -._~ is encoded, and the signature has it so.
        string path = $"{root}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        string hash = Convert.ToHexStringLower(sha256);
        // The SDK knows by how much this machine's clock is wrong.
        DateTime now = CorrectClockSkew.GetCorrectedUtcNowForEndpoint(address);
        SortedDictionary<string, string> signed = new(StringComparer.Ordinal)
        {
            ["content-type"] = headers.Type,
            ["host"] = host,
            ["x-amz-content-sha256"] = hash,
            ["x-amz-date"] = now.ToString(AWSSDKUtils.ISO8601BasicDateTimeFormat, CultureInfo.InvariantCulture),
            ["x-amz-checksum-sha256"] = Convert.ToBase64String(sha256),
        };
        Add(signed, "x-amz-acl", options.Acl);
        Add(signed, "x-amz-expected-bucket-owner", options.BucketOwner);
        Add(signed, "x-amz-security-token", credentials.UseToken ? credentials.Token : null);
        Add(signed, "x-amz-server-side-encryption", options.Encryption switch { SiteEncryption.Aes256 => "AES256", SiteEncryption.Kms => "aws:kms", _ => null });
        Add(signed, "x-amz-server-side-encryption-aws-kms-key-id", options.KmsKey);
        (string canonical, string names) = Canonical(path, signed, hash);
        AWS4SigningResult signature = AWS4Signer.ComputeSignature(credentials, region, now, Service, names, canonical);

        var request = new HttpRequestMessage(HttpMethod.Put, new Uri(address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        foreach ((string name, string value) in signed.Where(header => header.Key is not ("content-type" or "host")))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "deployment-sdk");
        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        request.Headers.TryAddWithoutValidation("Cache-Control", headers.Cache);
        return request;
    }

    /// <summary>Where the SDK would send it, and for which region it would sign.</summary>
    private (string Address, string Host, string Path, string Region) Place()
    {
        IClientConfig config = access.S3.Config;
        var address = new Uri(access.S3.DetermineServiceOperationEndpoint(new PutObjectRequest { BucketName = options.Bucket, Key = "x" }).URL);
        string region = config.AuthenticationRegion is { Length: > 0 } given ? given : config.RegionEndpoint?.SystemName ?? throw new AmazonClientException("No region is set.");
        return (address.GetLeftPart(UriPartial.Authority), address.IsDefaultPort ? address.Host : $"{address.Host}:{address.Port}", address.AbsolutePath.TrimEnd('/'), region);
    }

    private static void Add(SortedDictionary<string, string> headers, string name, string? value)
    {
        if (value is not null)
        {
            headers[name] = value;
        }
    }
}
