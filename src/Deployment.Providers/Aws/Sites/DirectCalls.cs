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
/// Sends what is sent by the thousand, or read by the hundred thousand, with a fraction of the processor's time that the SDK's pipeline takes, which decides
/// how fast a site is stored. Credentials, address and signature are the SDK's; whatever isn't a plain success at once is left to it, with its retries and
/// its errors.
/// </summary>
internal sealed class DirectCalls(AwsAccess access, SiteOptions options, TimeProvider? clock = null)
{
    private const string Service = "s3";

    // What was refused will be refused again, most likely, and the SDK says why. But a token that expired or a wrong clock passes.
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);

    // By what it is asked for there may be no such thing, or another one; or it is too much at once.
    private static readonly HttpStatusCode[] _ordinary = [HttpStatusCode.NotFound, HttpStatusCode.PreconditionFailed, HttpStatusCode.Conflict, HttpStatusCode.TooManyRequests];

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    private readonly Lazy<HttpClient> _http = new(() => new HttpClient(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        // Its own would end with the headers: see TryAsync.
        Timeout = Timeout.InfiniteTimeSpan,
    });

    private (Uri Address, string Root, string Region)? _place;
    private long _offUntil;

    /// <summary>Tries it once.</summary>
    /// <returns>The answer; null where the SDK is to be asked.</returns>
    public async Task<DirectAnswer?> TryAsync(DirectRequest call, CancellationToken cancellationToken)
    {
        if (_clock.GetUtcNow().Ticks < Volatile.Read(ref _offUntil))
        {
            return null;
        }

        try
        {
            using HttpRequestMessage request = await SignedAsync(call).ConfigureAwait(false);
            using var late = new CancellationTokenSource(access.S3.Config.Timeout ?? TimeSpan.FromSeconds(60), _clock);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            return await AskAsync(call, request, stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (AwsFailure.Is(error, cancellationToken))
        {
            return null;
        }
    }

    private async Task<DirectAnswer?> AskAsync(DirectRequest call, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await _http.Value.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if ((int)answer.StatusCode is >= 300 and < 500 && !_ordinary.Contains(answer.StatusCode))
        {
            Volatile.Write(ref _offUntil, (_clock.GetUtcNow() + _pause).Ticks);
        }

        if (answer.StatusCode != HttpStatusCode.OK || answer.Content.Headers.ContentLength > call.LongestAnswer)
        {
            return null;
        }

        await answer.Content.LoadIntoBufferAsync(call.LongestAnswer, cancellationToken).ConfigureAwait(false);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return new DirectAnswer(answer.Headers.NonValidated.TryGetValues("ETag", out HeaderStringValues etag) ? SiteBucket.Plain(etag.ToString()) : "", body);
    }

    /// <summary>The canonical request and the names of the headers that it signs (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The encoded path.</param>
    /// <param name="query">The query, sorted and encoded.</param>
    /// <param name="headers">The headers, by names in small letters.</param>
    /// <param name="hash">The SHA-256 of the body.</param>
    internal static (string Request, string Signed) Canonical(string method, string path, string query, SortedDictionary<string, string> headers, string hash)
    {
        string signed = string.Join(';', headers.Keys);
        return ($"{method}\n{path}\n{query}\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{signed}\n{hash}", signed);
    }

    /// <summary>A path as it is signed: all but letters, digits and -._~ is encoded.</summary>
    internal static string Encoded(string key) => string.Join('/', key.Split('/').Select(Uri.EscapeDataString));

    private async Task<HttpRequestMessage> SignedAsync(DirectRequest call)
    {
        (Uri at, string root, string region) = _place ??= Place();
        string address = at.GetLeftPart(UriPartial.Authority);
        ImmutableCredentials credentials = await access.SignerAsync().ConfigureAwait(false);
        string path = $"{root}/{Encoded(call.Key)}";
        string hash = Convert.ToHexStringLower(call.Sha256);
        // The SDK knows by how much this machine's clock is wrong, for an address as it writes it.
        DateTime now = CorrectClockSkew.GetCorrectedUtcNowForEndpoint(new Uri(address + root).ToString());
        SortedDictionary<string, string> signed = new(StringComparer.Ordinal)
        {
            ["host"] = at.IsDefaultPort ? at.Host : $"{at.Host}:{at.Port}",
            ["x-amz-content-sha256"] = hash,
            ["x-amz-date"] = now.ToString(AWSSDKUtils.ISO8601BasicDateTimeFormat, CultureInfo.InvariantCulture),
        };
        (string Name, string? Value)[] headers = [.. call.Headers, ("content-type", call.Type), ("x-amz-expected-bucket-owner", options.BucketOwner), ("x-amz-security-token", credentials.UseToken ? credentials.Token : null)];
        foreach ((string name, string? value) in headers)
        {
            // The others needn't be.
            if (value is not null && (name.StartsWith("x-amz-", StringComparison.Ordinal) || name == "content-type"))
            {
                signed[name] = value;
            }
        }

        (string canonical, string names) = Canonical(call.Method.Method, path, call.Query, signed, hash);
        AWS4SigningResult signature = AWS4Signer.ComputeSignature(credentials, region, now, Service, names, canonical);
        string query = call.Query.Length == 0 ? "" : $"?{call.Query}";
        var request = new HttpRequestMessage(call.Method, new Uri(address + path + query, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (call.Body is not null)
        {
            request.Content = new ByteArrayContent(call.Body, 0, call.Count);
        }

        foreach ((string name, string? value) in headers.Concat(signed.Where(header => header.Key is "x-amz-content-sha256" or "x-amz-date").Select(header => (header.Key, (string?)header.Value))))
        {
            if (value is not null && !request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "deployment-sdk");
        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        return request;
    }

    /// <summary>Where the SDK would send it, and for which region it would sign.</summary>
    private (Uri Address, string Root, string Region) Place()
    {
        IClientConfig config = access.S3.Config;
        var address = new Uri(access.S3.DetermineServiceOperationEndpoint(new PutObjectRequest { BucketName = options.Bucket, Key = "x" }).URL);
        string region = config.AuthenticationRegion is { Length: > 0 } given ? given : config.RegionEndpoint?.SystemName ?? throw new AmazonClientException("No region is set.");
        return (address, address.AbsolutePath.TrimEnd('/'), region);
    }
}
