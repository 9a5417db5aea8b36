using System.Net;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class SiteErrorsTests
{
    private SiteWorld _world = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _world = await SiteWorld.StartAsync();
        _world.Folder.With("index.html", "home");
    }

    [TearDown]
    public async Task StopAsync() => await _world.DisposeAsync();

    [TestCase("PUT", HttpStatusCode.Forbidden, "AccessDenied", "s3:PutObject on shop-site/* was denied*Allow the action*")]
    [TestCase("GET", HttpStatusCode.Forbidden, "AccessDenied", "s3:ListBucket on shop-site/ was denied*Allow the action*")]
    [TestCase("PUT", HttpStatusCode.BadRequest, "ExpiredToken", "s3:PutObject on * was refused: the credentials have expired*Sign in again*")]
    [TestCase("GET", HttpStatusCode.Forbidden, "InvalidAccessKeyId", "*doesn't know the credentials*")]
    [TestCase("GET", HttpStatusCode.MovedPermanently, "PermanentRedirect", "*The bucket shop-site is in another region*set Region*")]
    [TestCase("PUT", HttpStatusCode.ServiceUnavailable, "SlowDown", "*was throttled, at every attempt*")]
    [TestCase("PUT", HttpStatusCode.BadRequest, "BadDigest", "*What arrived was not what was sent, so nothing was stored*")]
    public async Task AnError_SaysWhichActionOnWhatAndWhatToDo(string method, HttpStatusCode status, string code, string message)
    {
        _world.Server.Fault = request => request.Method == method ? (status, code) : null;

        await FluentActions.Awaiting(() => _world.DeployAsync("shop_1.0.0_1")).Should().ThrowAsync<DeploymentException>().WithMessage(message);

        _world.Seen().Should().BeEmpty();
    }

    [Test]
    public async Task ABucketOfSomebodyElse_IsNeitherReadNorWritten()
    {
        _world.Options.BucketOwner = "999900001111";
        int done = 0;
        _world.Server.Done = _ => done++;

        await FluentActions.Awaiting(() => _world.DeployAsync("shop_1.0.0_1")).Should().ThrowAsync<DeploymentException>().WithMessage("*isn't owned by the account 999900001111*");
        SiteBucket bucket = _world.Bucket;
        Func<Task>[] calls =
        [
            () => bucket.ListAsync("", CancellationToken.None),
            () => bucket.ReadAsync("x", 10, CancellationToken.None),
            () => bucket.WriteAsync("x", [1], null, CancellationToken.None),
            () => bucket.PutAsync("x", [1], 1, System.Security.Cryptography.SHA256.HashData(new byte[] { 1 }), new SiteHeaders("a/b", "no-cache", null), null, CancellationToken.None),
            () => bucket.CopyAsync("x", null, "y", null, null, null, CancellationToken.None),
            () => bucket.RemoveAsync(["x"], CancellationToken.None),
            () => bucket.BeginAsync("x", new SiteHeaders("a/b", "no-cache", null), CancellationToken.None),
            () => bucket.PartAsync("x", "u", 1, [1], 1, System.Security.Cryptography.SHA256.HashData(new byte[] { 1 }), CancellationToken.None),
            () => bucket.CompleteAsync("x", "u", [], "", null, CancellationToken.None),
            () => bucket.AbortAsync("x", "u", CancellationToken.None),
            () => bucket.FindUploadsAsync("", CancellationToken.None),
        ];
        foreach (Func<Task> call in calls)
        {
            await FluentActions.Awaiting(call).Should().ThrowAsync<DeploymentException>().WithMessage("*isn't owned*");
        }

        done.Should().Be(0);
        _world.Options.BucketOwner = _world.Server.Owner;
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Seen().Should().HaveCount(1);
    }

    [Test]
    public async Task ABucketThatIsMissing_IsNamed()
    {
        _world.Options.Bucket = "no-such-bucket";

        await FluentActions.Awaiting(() => _world.DeployAsync("shop_1.0.0_1")).Should().ThrowAsync<DeploymentException>().WithMessage("*There is no bucket no-such-bucket; make it first*");
    }

    [Test]
    public async Task NoCredentials_AreAskedFor()
    {
        var access = new AwsAccess(new AwsOptions { Region = RealMoto.Region, Endpoint = _world.Server.Address, Profile = "no-such-profile" });

        await FluentActions.Awaiting(() => new SiteBucket(access, _world.Options).ListAsync("", CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("s3:ListBucket on shop-site/ could not be asked: no credentials were found*Set a profile*");
    }

    [Test]
    public async Task AThrottledCall_IsTriedAgain()
    {
        int refused = 0;
        _world.Server.Fault = request => request.Method == "PUT" && Interlocked.Increment(ref refused) == 1 ? (HttpStatusCode.ServiceUnavailable, "SlowDown") : null;

        await _world.DeployAsync("shop_1.0.0_1");

        refused.Should().BeGreaterThan(1);
        _world.Seen().Should().HaveCount(1);
    }

    [TestCase("{", "")]
    [TestCase("null", "it is null")]
    [TestCase("""{"version":9,"revision":"shop_1.0.0_1","content":"C","sequence":1,"files":{}}""", "it has the version 9, and this build reads 1")]
    [TestCase("""{"version":1,"revision":"x","content":"C","sequence":1,"files":{}}""", "its revision is 'x'")]
    [TestCase("""{"version":1,"revision":"shop_1.0.0_1","content":"C","sequence":1,"files":{"../x":{"sha256":"C","size":1,"type":"a/b","cache":"x"}}}""", "'../x' has a part that is empty, '.' or '..'")]
    [TestCase("""{"version":1,"revision":"shop_1.0.0_1","content":"C","sequence":1,"files":{"x":{"sha256":"c","size":1,"type":"a/b","cache":"x"}}}""", "'x' has no SHA-256")]
    [TestCase("""{"version":1,"revision":"shop_1.0.0_1","content":"C","sequence":1,"files":{"x":{"sha256":"C","size":-1,"type":"a/b","cache":"x"}}}""", "'x' has the size -1")]
    [TestCase("""{"version":1,"revision":"shop_1.0.0_1","content":"C","sequence":1,"files":{"x":{"sha256":"C","size":1,"type":"a\nb","cache":"x"}}}""", "'x' has wrong headers")]
    [TestCase("""{"version":1,"revision":"shop_1.0.0_1","content":"C","sequence":1,"files":{"x":{"sha256":"C","size":1,"type":"a","cache":"x"},"x":{"sha256":"C","size":1,"type":"a","cache":"x"}}}""", "")]
    [TestCase("""{"version":1,"revision":"shop_1.0.0_1","content":"C","sequence":1}""", "")]
    public void AManifestThatSomebodyElseWrote_IsRefusedAndSaysWhatToDo(string text, string problem)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text.Replace("\"C\"", $"\"{new string('c', 64)}\"", StringComparison.Ordinal));

        FluentActions.Invoking(() => SiteRecords.ReadManifest(bytes, ".deployment/manifest.json")).Should().Throw<DeploymentException>().WithMessage($"The record .deployment/manifest.json can't be used: {problem}*Restore it*");
    }

    [Test]
    public void AManifest_ReadsBackAsItWasWritten()
    {
        var manifest = new SiteManifest
        {
            Revision = "shop_1.0.0_1",
            Content = new string('a', 64),
            Sequence = 3,
            Files = new Dictionary<string, SiteEntry>
            {
                ["a b/ä😀\".txt"] = new() { Sha256 = new string('b', 64), Size = 0, ETag = "abc-2", Type = "text/plain", Cache = "no-cache", Encoding = "gzip", Age = 2 },
                ["x"] = new() { Sha256 = new string('c', 64), Size = 5, Type = "text/plain", Cache = "no-cache" },
            },
        };

        SiteManifest read = SiteRecords.ReadManifest(SiteRecords.Write(manifest), "x");

        read.Should().BeEquivalentTo(manifest);
    }
}
