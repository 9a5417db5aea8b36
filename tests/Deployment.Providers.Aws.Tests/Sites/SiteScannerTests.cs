using System.IO.Compression;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Deployment.Commands;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class SiteScannerTests
{
    private SiteFolderOnDisk _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new SiteFolderOnDisk();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Scan_AFolder_HasFilesInTheOrderOfKeysWithHashesAndHeaders()
    {
        _folder.With("index.html", "<html>").With("assets/app.3f2a9c1b.js", "app").With("Ä ö.txt", "text").With("\U0001F600.txt", "smile").With("\uFB01.txt", "ligature").With("data", "");

        SiteContent content = await ScanAsync();

        content.Files.Select(file => file.Key).Should().Equal("assets/app.3f2a9c1b.js", "data", "index.html", "Ä ö.txt", "\uFB01.txt", "\U0001F600.txt");
        SiteFile app = content.Files[0];
        app.Sha256.Should().Be(Convert.ToHexStringLower(SHA256.HashData("app"u8)));
        app.Size.Should().Be(3);
        app.Headers.Should().Be(new SiteHeaders("text/javascript; charset=utf-8", "public, max-age=31536000, immutable", null));
        content.Files[1].Headers.Should().Be(new SiteHeaders("application/octet-stream", "public, max-age=300", null));
        content.Files[2].Headers.Should().Be(new SiteHeaders("text/html; charset=utf-8", "no-cache", null));
    }

    [Test]
    public async Task Scan_Again_ReadsOnlyAFolderThatLooksOtherwise()
    {
        _folder.With("a", "1").With("b", "2");
        var scanner = new SiteScanner(new SiteOptions());
        SiteContent first = await scanner.ScanAsync(_folder.Path, "", CancellationToken.None);

        (await scanner.ScanAsync(_folder.Path, "", CancellationToken.None)).Should().BeSameAs(first);
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "b"), File.GetLastWriteTimeUtc(Path.Combine(_folder.Path, "b")).AddTicks(1));
        SiteContent touched = await scanner.ScanAsync(_folder.Path, "", CancellationToken.None);
        touched.Should().NotBeSameAs(first);
        touched.Hash.Should().Be(first.Hash);
        (await scanner.ScanAsync(_folder.Path, "p/", CancellationToken.None)).Should().NotBeSameAs(touched);
        _folder.With("b", "22");
        (await scanner.ScanAsync(_folder.Path, "p/", CancellationToken.None)).Hash.Should().NotBe(first.Hash);
        _folder.With("b", "2").Without("a");
        (await scanner.ScanAsync(_folder.Path, "p/", CancellationToken.None)).Files.Should().ContainSingle();
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "out"), "/etc/hostname");
        await FluentActions.Awaiting(() => scanner.ScanAsync(_folder.Path, "p/", CancellationToken.None)).Should().ThrowAsync<DeploymentException>();
    }

    [Test]
    public async Task Scan_TheSameContentAgain_HasTheSameHashWhateverTheTimes()
    {
        _folder.With("a", "1").With("b", "2");
        string first = (await ScanAsync()).Hash;
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "a"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        (await ScanAsync()).Hash.Should().Be(first);

        _folder.With("b", "3");
        string changed = (await ScanAsync()).Hash;
        _folder.Without("b").With("c", "3");
        new[] { first, changed, (await ScanAsync()).Hash }.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task Scan_WhatCantBeServed_IsToldAllAtOnceAndPrintable()
    {
        _folder.With("fine.txt", "1").With("bad\nname", "2").With("bell\u0007", "3").With(".deployment/manifest.json", "4").With(string.Join('/', Enumerable.Repeat(new string('x', 200), 6)), "5").With("unreal\uFFFD", "6");
        string outside = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Directory.CreateDirectory(outside);
        try
        {
            File.WriteAllText(Path.Combine(outside, "secret"), "secret");
            File.CreateSymbolicLink(Path.Combine(_folder.Path, "out"), Path.Combine(outside, "secret"));
            Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "outside"), outside);
            File.CreateSymbolicLink(Path.Combine(_folder.Path, "nothing"), "nowhere");
            Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "round"), _folder.Path);
            await RunAsync("mkfifo", Path.Combine(_folder.Path, "pipe"));
            await RunAsync("python3", "-c", "import sys; open(sys.argv[1].encode() + b'/raw\\xff', 'w')", _folder.Path);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder.Path, "socket")));

            DeploymentValidationException refused = (await FluentActions.Awaiting(ScanAsync).Should().ThrowAsync<DeploymentValidationException>()).Which;

            refused.Errors.Should().Contain([
                "'bad\\u000aname' has a control character.",
                "'bell\\u0007' has a control character.",
                "'.deployment' is below .deployment/, where the records of deployments are.",
                "'unreal\uFFFD' is no valid Unicode.",
                "'raw\uFFFD' is no valid Unicode.",
                "'out' is a link that leads out of the folder.",
                "'outside' is a link that leads out of the folder.",
                "'nothing' is a link to nothing.",
                "'round' is a link to a folder that it lies in.",
                "'pipe' is no file but a pipe, a socket or a device.",
                "'socket' is no file but a pipe, a socket or a device."]);
            refused.Errors.Should().ContainSingle(error => error.Contains("has 1,205 bytes with its prefix, and a key may have 1,024"));
            refused.Errors.Should().HaveCount(12);
            refused.Message.Should().NotContain("\u0007").And.NotContain("secret");
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
            // The framework can't name it.
            await RunAsync("python3", "-c", "import os, sys; os.unlink(sys.argv[1].encode() + b'/raw\\xff')", _folder.Path);
        }
    }

    [Test]
    public async Task Scan_LinksInsideTheFolder_AreFollowed()
    {
        _folder.With("real/a.txt", "a");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "b.txt"), "real/a.txt");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "again"), "real");

        SiteContent content = await ScanAsync();

        content.Files.Select(file => (file.Key, file.Size)).Should().Equal(("again/a.txt", 1), ("b.txt", 1), ("real/a.txt", 1));
    }

    [Test]
    public async Task Scan_AnEmptyOrMissingFolder_IsRefused()
    {
        await FluentActions.Awaiting(ScanAsync).Should().ThrowAsync<DeploymentException>().WithMessage("*has no file*Was it built?*");
        await FluentActions.Awaiting(() => new SiteScanner(new SiteOptions()).ScanAsync(Path.Combine(_folder.Path, "none"), "", CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("There is no folder*");
    }

    [Test]
    public async Task Scan_CompressionVariants_HaveTheTypeOfWhatTheyAreBeside()
    {
        _folder.With("app.js", "x").With("app.js.br", "x").With("app.js.gz", "x").With("archive.tar.gz", "x").With("page.html", "x").With("page.html.br", "x");

        Dictionary<string, SiteHeaders> headers = (await ScanAsync()).Files.ToDictionary(file => file.Key, file => file.Headers);

        headers["app.js.br"].Should().Be(headers["app.js"] with { Encoding = "br" });
        headers["app.js.gz"].Should().Be(headers["app.js"] with { Encoding = "gzip" });
        headers["archive.tar.gz"].Should().Be(new SiteHeaders("application/gzip", "public, max-age=300", null));
        headers["page.html.br"].Should().Be(new SiteHeaders("text/html; charset=utf-8", "no-cache", "br"));
    }

    [Test]
    public async Task Scan_WhatIsStoredCompressed_HasTheSameBytesEachTimeAndUnpacksToTheFile()
    {
        string text = string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n"));
        _folder.With("long.txt", text).With("empty.txt", "").With("photo.png", text);
        var options = new SiteOptions { Compress = { "*.txt" } };

        SiteContent content = await new SiteScanner(options).ScanAsync(_folder.Path, "", CancellationToken.None);

        SiteFile file = content.Files.Single(file => file.Key == "long.txt");
        file.Headers.Encoding.Should().Be("gzip");
        file.Size.Should().BeLessThan(file.SourceSize / 3);
        using var body = SiteBody.Read(file);
        Convert.ToHexStringLower(SHA256.HashData(body.Buffer.AsSpan(0, body.Count))).Should().Be(file.Sha256);
        new StreamReader(new GZipStream(new MemoryStream(body.Buffer, 0, body.Count), CompressionMode.Decompress)).ReadToEnd().Should().Be(text);
        body.Buffer[4..10].Should().Equal([0, 0, 0, 0, body.Buffer[8], 255], "neither a time nor an operating system is in it");
        content.Files.Single(file => file.Key == "empty.txt").Headers.Encoding.Should().BeNull("nothing isn't compressed");
        content.Files.Single(file => file.Key == "photo.png").IsCompressed.Should().BeFalse();
    }

    [Test]
    public async Task Scan_ALargeFile_HasPartsThatAddUpToIt()
    {
        byte[] bytes = new byte[17 * 1024 * 1024 + 5];
        new Random(1).NextBytes(bytes);
        _folder.With("film.mp4", bytes);
        var options = new SiteOptions { PartSize = 5 * 1024 * 1024 };

        SiteFile file = (await new SiteScanner(options).ScanAsync(_folder.Path, "", CancellationToken.None)).Files.Single();

        file.Sha256.Should().Be(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        file.Parts.Select(part => part.Size).Should().Equal(5 * 1024 * 1024, 5 * 1024 * 1024, 5 * 1024 * 1024, 2 * 1024 * 1024 + 5);
        file.Parts.Select(part => Convert.ToHexString(part.Sha256)).Should().Equal(file.Parts.Select(part => Convert.ToHexString(SHA256.HashData(bytes.AsSpan((int)part.Offset, part.Size)))));
    }

    [Test]
    public void CacheControl_IsThatOfTheFirstPatternThatFits()
    {
        var rules = new SiteHeaderRules(new SiteOptions { CacheControl = { new SiteRule("blog/*.html", "max-age=60"), new SiteRule("*.html", "max-age=10") }, ContentTypes = { [".log"] = "text/plain" } });

        rules.Of("blog/2024/a.html", _ => false).Cache.Should().Be("max-age=60");
        rules.Of("deep/a.html", _ => false).Cache.Should().Be("max-age=10");
        rules.Of("sw.js", _ => false).Cache.Should().Be("no-cache");
        rules.Of("a.LOG", _ => false).Type.Should().Be("text/plain");
    }

    [Test]
    public void Options_WithErrors_TellAllOfThem()
    {
        var options = new SiteOptions
        {
            Bucket = "Shop",
            Prefix = "/www",
            BucketOwner = "12",
            CacheControl = { new SiteRule("/x", "a\nb") },
            ContentTypes = { ["html"] = "x" },
            Compress = { "" },
            KmsKey = "key",
            Acl = "everyone",
            Concurrency = 0,
            RemovalLimit = 101,
            MultipartThreshold = 1,
            PartSize = 1,
            Revisions = 0,
        };

        options.Problems().Should().HaveCount(14);
        new SiteOptions { Bucket = "shop-site" }.Problems().Should().BeEmpty();
    }

    [Test]
    public void Options_OfWhatCannotBeServed_AreRefused()
    {
        new SiteOptions { Bucket = "shop--euc1-az1--x-s3" }.Problems().Should().ContainSingle().Which.Should().Contain("directory bucket");
        string prefix = new string('a', 200) + "/";
        FluentActions.Invoking(() => S3SiteTarget.Atomic("shop-site", "E2EXAMPLE", "site", site => site.Files.Prefix = prefix)).Should().Throw<DeploymentValidationException>().WithMessage("*at most 128 for revisions side by side*");
        FluentActions.Invoking(() => S3SiteTarget.InPlace("shop-site", "site", site => site.Files.Prefix = prefix)).Should().NotThrow();
    }

    private Task<SiteContent> ScanAsync() => new SiteScanner(new SiteOptions()).ScanAsync(_folder.Path, "", CancellationToken.None);

    private static async Task RunAsync(string program, params string[] arguments) =>
        (await new CommandRunner(TimeProvider.System).RunAsync(Command.Of(program, arguments), null, CancellationToken.None)).ExitCode.Should().Be(0);
}
