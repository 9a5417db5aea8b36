using System.Net;
using System.Security.Cryptography;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Tests.S3;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class LargeFileTests
{
    private const int Mebibyte = 1024 * 1024;
    private SiteWorld _world = null!;
    private byte[] _film = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _world = await SiteWorld.StartAsync();
        _world.Options.PartSize = 5 * Mebibyte;
        _world.Options.MultipartThreshold = 6 * Mebibyte;
        _film = new byte[23 * Mebibyte + 17];
        new Random(5).NextBytes(_film);
        _world.Folder.With("film.mp4", _film).With("index.html", "home");
    }

    [TearDown]
    public async Task StopAsync() => await _world.DisposeAsync();

    [Test]
    public async Task Deploy_ALargeFile_GoesInPartsAndIsThereByteForByte()
    {
        List<SiteProgress> told = [];
        var site = new InPlaceSite(_world.Bucket, _world.Options, TimeProvider.System, 1, new Told(told));

        await site.SwitchAsync("shop_1.0.0_1", await _world.ScanAsync(), CancellationToken.None);

        SmallS3Object stored = _world.Objects.Objects["film.mp4"];
        stored.ETag.Should().EndWith("-5");
        SHA256.HashData(stored.Bytes).Should().Equal(SHA256.HashData(_film));
        stored.Headers["Content-Type"].Should().Be("video/mp4");
        told[^1].Should().Be(new SiteProgress(2, 2, _film.Length + 4, _film.Length + 4));
        _world.Objects.Uploads.Should().BeEmpty();
        _world.InPlace.Plan("shop_1.0.1_1", await _world.ScanAsync(), await _world.InPlace.ReadAsync(CancellationToken.None)).Moves.Should().BeEmpty();
    }

    [Test]
    public async Task Deploy_ALargeFileToMoto_IsDownloadedByTheAwsToolByteForByte()
    {
        await using RealMoto moto = await RealMoto.StartAsync();
        var tool = new AwsTool(moto.Address);
        await tool.AskAsync("s3api", "create-bucket", "--bucket", SiteWorld.BucketName, "--create-bucket-configuration", $"LocationConstraint={RealMoto.Region}");
        var site = new InPlaceSite(new SiteBucket(new AwsAccess(moto.Options), _world.Options), _world.Options, TimeProvider.System, 1);

        await site.SwitchAsync("shop_1.0.0_1", await _world.ScanAsync(), CancellationToken.None);

        using var downloaded = new SiteFolderOnDisk();
        await tool.DownloadAsync(SiteWorld.BucketName, "", downloaded.Path);
        SHA256.HashData(File.ReadAllBytes(Path.Combine(downloaded.Path, "film.mp4"))).Should().Equal(SHA256.HashData(_film));
        (await tool.AskAsync("s3api", "list-multipart-uploads", "--bucket", SiteWorld.BucketName)).TryGetProperty("Uploads", out _).Should().BeFalse();
        site.Plan("shop_1.0.1_1", await _world.ScanAsync(), await site.ReadAsync(CancellationToken.None)).Moves.Should().BeEmpty();
    }

    [Test]
    public async Task Deploy_WhenAPartFails_NoPartsAreLeft()
    {
        _world.Server.Fault = request => request.Query["partNumber"] == "4" ? (HttpStatusCode.BadRequest, "Broken") : null;

        await FluentActions.Awaiting(DeployAsync).Should().ThrowAsync<DeploymentException>().WithMessage("s3:PutObject on shop-site/film.mp4 failed: Broken*");

        _world.Objects.Uploads.Should().BeEmpty();
        _world.Seen().Should().BeEmpty();
    }

    [Test]
    public async Task Deploy_WhenCancelled_NoPartsAreLeft()
    {
        using var cancel = new CancellationTokenSource();
        _world.Server.Fault = request =>
        {
            if (request.Query["partNumber"] == "4")
            {
                cancel.Cancel();
            }

            return null;
        };

        await FluentActions.Awaiting(async () => await _world.InPlace.SwitchAsync("shop_1.0.0_1", await _world.ScanAsync(), cancel.Token)).Should().ThrowAsync<OperationCanceledException>();

        _world.Objects.Uploads.Should().BeEmpty();
    }

    [Test]
    public async Task Deploy_PartsThatADeadProcessLeft_AreAbortedAndNobodyElses()
    {
        _world.Server.Fault = request => request.Query["partNumber"] == "4" || request.Method == "DELETE" ? (HttpStatusCode.BadRequest, "Broken") : null;
        await FluentActions.Awaiting(DeployAsync).Should().ThrowAsync<DeploymentException>();
        _world.Objects.Uploads.Should().ContainSingle("it could not be aborted");
        _world.Objects.Uploads["theirs"] = new SmallS3Upload("theirs.bin", new Dictionary<string, string>());
        _world.Server.Fault = null;

        await DeployAsync();

        _world.Objects.Uploads.Keys.Should().Equal("theirs");
        _world.Objects.Objects["film.mp4"].Size.Should().Be(_film.Length);
    }

    [Test]
    public async Task Deploy_ALargeFileThatChangesMeanwhile_IsAnErrorAndNothingOfItIsStored([Values(3, 22 * Mebibyte)] int at)
    {
        SiteContent content = await _world.ScanAsync();
        _film[at]++;
        _world.Folder.With("film.mp4", _film);

        await FluentActions.Awaiting(() => _world.InPlace.SwitchAsync("shop_1.0.0_1", content, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("'film.mp4' was changed since the folder was read*");

        _world.Seen().Should().BeEmpty();
        _world.Objects.Uploads.Should().BeEmpty();
    }

    [Test]
    public async Task Deploy_WhenTheAnswerToTheEndIsLost_TheObjectIsTakenAsItIs()
    {
        SmallS3Upload? open = null;
        _world.Server.Done = request =>
        {
            // As if the answer was lost: it is done, and the client asks once more.
            if (request.Query["partNumber"] == "5")
            {
                open = _world.Objects.Uploads.Values.Single();
            }
        };
        bool lost = false;
        _world.Server.Fault = request =>
        {
            if (request.Method != "POST" || !request.Query.ContainsKey("uploadId") || lost)
            {
                return null;
            }

            lost = true;
            byte[][] parts = [.. open!.Parts.OrderBy(part => part.Key).SelectMany(part => part.Value.Pieces)];
            _world.Objects.Put("film.mp4", new SmallS3Object(parts, $"{SmallS3Body.Md5([.. parts.Select(part => Convert.FromHexString(SmallS3Body.Md5(part)))])}-5", open.Headers, TimeProvider.System.GetUtcNow()) { Checksum = Convert.ToBase64String(SHA256.HashData([.. parts.SelectMany(part => SHA256.HashData(part))])) + "-5" });
            _world.Objects.Uploads.Clear();
            return (HttpStatusCode.InternalServerError, "InternalError");
        };

        await DeployAsync();

        lost.Should().BeTrue();
        SHA256.HashData(_world.Objects.Objects["film.mp4"].Bytes).Should().Equal(SHA256.HashData(_film));
    }

    private async Task DeployAsync() => await _world.InPlace.SwitchAsync("shop_1.0.0_1", await _world.ScanAsync(), CancellationToken.None);

    private sealed class Told(List<SiteProgress> told) : IProgress<SiteProgress>
    {
        public void Report(SiteProgress value)
        {
            lock (told)
            {
                told.Add(value);
            }
        }
    }
}
