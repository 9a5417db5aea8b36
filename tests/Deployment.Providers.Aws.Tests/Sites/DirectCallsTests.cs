using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Microsoft.AspNetCore.Http;
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

    // What was refused once may have been a token that had just expired.
    [Test]
    public async Task Put_ThatWasRefused_IsTriedSoAgainAfterAMinute()
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        var time = new VirtualTime();
        var direct = new DirectCalls(new AwsAccess(world.Aws), world.Options, time.Clock);
        var call = new DirectRequest(HttpMethod.Put, "x") { Body = "x"u8.ToArray(), Count = 1, Sha256 = System.Security.Cryptography.SHA256.HashData("x"u8), Type = "a/b" };
        world.Server.Fault = _ => (HttpStatusCode.BadRequest, "ExpiredToken");
        (await direct.TryAsync(call, CancellationToken.None)).Should().BeNull();
        world.Server.Fault = null;
        (await direct.TryAsync(call, CancellationToken.None)).Should().BeNull("it is left to the SDK for a while");

        time.Run(() => Task.Delay(TimeSpan.FromMinutes(1), time.Clock));

        (await direct.TryAsync(call, CancellationToken.None)).Should().NotBeNull();
    }

    [Test]
    public async Task Get_BodyStalls_IsGivenUpInTime()
    {
        await using HttpStub stub = await HttpStub.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("<Lis");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        AwsOptions aws = SiteWorld.OptionsFor(stub.Address);
        (aws.Timeout, aws.Attempts) = (TimeSpan.FromMilliseconds(300), 1);
        var bucket = new SiteBucket(new AwsAccess(aws), new SiteOptions { Bucket = SiteWorld.BucketName });

        await FluentActions.Awaiting(() => bucket.ListAsync("", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<DeploymentException>();
    }

    [TestCase(4)]
    [TestCase(0)]
    public async Task Get_BodyEndsEarly_IsNoAnswer(int sent)
    {
        await using HttpStub stub = await HttpStub.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            context.Response.Headers.ETag = "\"x\"";
            await context.Response.WriteAsync("<Lis"[..sent]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        var direct = new DirectCalls(new AwsAccess(SiteWorld.OptionsFor(stub.Address)), new SiteOptions { Bucket = SiteWorld.BucketName });

        (await direct.TryAsync(new DirectRequest(HttpMethod.Get, "x"), CancellationToken.None)).Should().BeNull();
    }

    // The SDK finds out by how much this machine's clock is wrong, and what is sent without it is signed for the same time.
    [Test]
    public async Task Get_ThisMachinesClockIsWrong_IsSignedForTheServersTime()
    {
        await using HttpStub stub = await HttpStub.StartAsync(context =>
        {
            DateTime now = DateTime.UtcNow + TimeSpan.FromHours(5);
            DateTime signed = DateTime.ParseExact(context.Request.Headers["x-amz-date"].ToString(), "yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
            string date = now.ToString("R", CultureInfo.InvariantCulture);
            return (now - signed).Duration() < TimeSpan.FromMinutes(15)
                ? HttpStub.AnswerAsync(context, 200, "text", ("ETag", "\"1cb251ec0d568de6a929b520c4aed8d1\""), ("Content-Length", "4"), ("Date", date))
                : HttpStub.AnswerAsync(context, 403, "<Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error>", ("Date", date));
        });
        var access = new AwsAccess(SiteWorld.OptionsFor(stub.Address));
        var options = new SiteOptions { Bucket = SiteWorld.BucketName };
        var call = new DirectRequest(HttpMethod.Get, "x");
        (await new DirectCalls(access, options).TryAsync(call, CancellationToken.None)).Should().BeNull();

        (await new SiteBucket(access, options).ReadAsync("x", 100, CancellationToken.None)).Should().NotBeNull("the SDK looks at the server's time");

        (await new DirectCalls(access, options).TryAsync(call, CancellationToken.None)).Should().NotBeNull();
    }
}
