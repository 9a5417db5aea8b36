using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class DirectCallsTests
{
    private const string Hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";

    [Test]
    public void TheSignature_IsThatOfTheDocumentedExample()
    {
        // docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "Example: PUT Object".
        (string request, string signed) = DirectCalls.Canonical(
            "PUT",
            "/test%24file.text",
            "",
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["date"] = "Fri, 24 May 2013 00:00:00 GMT",
                ["host"] = "examplebucket.s3.amazonaws.com",
                ["x-amz-content-sha256"] = Hash,
                ["x-amz-date"] = "20130524T000000Z",
                ["x-amz-storage-class"] = "REDUCED_REDUNDANCY",
            },
            Hash);

        AWS4SigningResult signature = AWS4Signer.ComputeSignature(
            new ImmutableCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null), "us-east-1", new DateTime(2013, 5, 24, 0, 0, 0, DateTimeKind.Utc), "s3", signed, request);

        signature.Signature.Should().Be("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    }

    [Test]
    public async Task Put_WithEverySetting_SendsTheSameHeadersAsTheSdk()
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        world.Options.Acl = "public-read";
        world.Options.BucketOwner = world.Server.Owner;
        world.Options.Encryption = SiteEncryption.Aes256;
        AwsOptions aws = world.Aws;
        aws.Credentials = new SessionAWSCredentials("AKIDTESTS", "secret", "token");
        List<Dictionary<string, string>> seen = [];
        bool refuse = false;
        world.Server.Fault = request =>
        {
            if (request.Method != "PUT")
            {
                return null;
            }

            seen.Add(request.Headers.Where(header => header.Key.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) || header.Key is "Content-Type" or "Cache-Control" or "Content-Encoding" or "Host" or "Content-Length")
                .ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()));
            bool refused = refuse;
            refuse = false;
            return refused ? (HttpStatusCode.InternalServerError, "InternalError") : null;
        };
        byte[] body = "hello"u8.ToArray();
        SiteBucket bucket = world.Bucket;
        var headers = new SiteHeaders("text/plain; charset=utf-8", "public, max-age=300", "gzip");
        byte[] sha = System.Security.Cryptography.SHA256.HashData(body);

        await bucket.PutAsync("a b/ü.txt", body, body.Length, sha, headers, null, CancellationToken.None);
        refuse = true;
        await bucket.PutAsync("a b/ü.txt", body, body.Length, sha, headers, null, CancellationToken.None);

        seen.Should().HaveCount(3, "the second was refused once, and sent again by the SDK");
        foreach (Dictionary<string, string> one in seen)
        {
            one.Remove("x-amz-date");
        }

        seen[2].Should().BeEquivalentTo(seen[0]);
        seen[0].Should().Contain("x-amz-security-token", "token").And.ContainKey("x-amz-checksum-sha256");
    }

    [Test]
    public async Task ADeployment_AsksTheSdkOnlyForRemovals()
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        List<string> bySdk = [];
        int all = 0;
        world.Server.Done = request =>
        {
            lock (bySdk)
            {
                all++;
                if (request.Headers.UserAgent != "deployment-sdk")
                {
                    bySdk.Add($"{request.Method} {request.Path}{request.QueryString}");
                }
            }
        };
        world.Folder.With("index.html", "one").With("file.txt", "text");
        await world.DeployAsync("shop_1.0.0_1");
        world.Folder.With("index.html", "two");
        await world.DeployAsync("shop_2.0.0_1");

        bySdk.Should().OnlyContain(request => request.StartsWith("POST /shop-site", StringComparison.Ordinal) && request.Contains("delete", StringComparison.Ordinal));
        all.Should().BeGreaterThan(15);
    }

    [Test]
    public async Task Put_ThatIsRefusedForGood_IsLeftToTheSdkFromThenOn()
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        int asked = 0;
        world.Server.Fault = request => request.Method == "PUT" ? Refuse() : null;
        var direct = new DirectCalls(new AwsAccess(world.Aws), world.Options);
        var call = new DirectRequest(HttpMethod.Put, "x") { Body = "x"u8.ToArray(), Count = 1, Sha256 = System.Security.Cryptography.SHA256.HashData("x"u8), Type = "a/b" };

        (await direct.TryAsync(call, CancellationToken.None)).Should().BeNull();
        (await direct.TryAsync(call, CancellationToken.None)).Should().BeNull();

        asked.Should().Be(1);

        (HttpStatusCode, string)? Refuse()
        {
            asked++;
            return (HttpStatusCode.Forbidden, "AccessDenied");
        }
    }
}
