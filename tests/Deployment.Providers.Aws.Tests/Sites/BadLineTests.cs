using System.Security.Cryptography;
using System.Text;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Sites;

/// <summary>Over a line that cuts requests and answers in their midst each run says the truth, and the next one goes on from there.</summary>
public sealed class BadLineTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    [TestCase(5)]
    [TestCase(6)]
    public async Task Deploy_OverABadLine_WhatIsToldAsStoredIsThereByteForByte(int seed)
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        Dictionary<string, byte[]> meant = Fill(world.Folder, seed);
        SiteContent content = await world.ScanAsync();
        int cuts = 0;
        int failures = 0;
        for (int attempt = 1; ; attempt++)
        {
            // The worst line first; the last one is whole.
            await using var line = new BadLine(world.Server.Port, (seed * 100) + attempt, attempt > 6 ? 0 : 0.6 / attempt);
            List<SiteProgress> told = [];
            bool succeeded = await TryAsync(world, line, content, told);
            cuts += line.Cuts;
            int stored = meant.Count(file => Holds(world, file.Key, file.Value));
            if (told.Count > 0)
            {
                stored.Should().BeGreaterThanOrEqualTo(told.Max(one => one.Files), "what is told as stored is there");
            }

            world.Objects.Objects.Where(its => meant.ContainsKey(its.Key)).Should().OnlyContain(its => Holds(world, its.Key, meant[its.Key]), "an object is there whole or not at all");
            SiteManifest? served = (await world.InPlace.ReadAsync(CancellationToken.None)).Served;
            (served is not null).Should().Be(served is not null && stored == meant.Count, "it is said to be served only when all of it is there");
            if (succeeded)
            {
                served.Should().NotBeNull();
                break;
            }

            failures++;
        }

        cuts.Should().BeGreaterThan(0, "else nothing was tried");
        using var downloaded = new SiteFolderOnDisk();
        await world.Tool.DownloadAsync(SiteWorld.BucketName, "", downloaded.Path);
        meant.Should().OnlyContain(file => File.ReadAllBytes(Path.Combine(downloaded.Path, file.Key)).SequenceEqual(file.Value));
        world.Objects.Uploads.Should().BeEmpty();
        TestContext.Out.WriteLine($"{cuts} cuts, {failures} failed runs");
    }

    [Test]
    public async Task WhatLooksAtTheBucket_SeesAFileThatIsCutShort()
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        Dictionary<string, byte[]> meant = Fill(world.Folder, 1);
        await world.DeployAsync("shop_1.0.0_1");
        meant.Should().OnlyContain(file => Holds(world, file.Key, file.Value));

        world.Put("file1.txt", Encoding.UTF8.GetString(meant["file1.txt"])[..^1]);

        Holds(world, "file1.txt", meant["file1.txt"]).Should().BeFalse();
    }

    [Test]
    public async Task Deploy_OverASlowLine_HasManyRequestsUnderWayAtOnce()
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        Fill(world.Folder, 1, 200);
        await using var line = new BadLine(world.Server.Port, 1, 0, TimeSpan.FromMilliseconds(20));
        SiteContent content = await world.ScanAsync();

        (await TryAsync(world, line, content, [])).Should().BeTrue();

        // Those of the SDK, which stored nothing of it here, are a few more.
        line.MostOpen.Should().BeInRange(world.Options.Concurrency, world.Options.Concurrency + 5);
    }

    private static Dictionary<string, byte[]> Fill(SiteFolderOnDisk folder, int seed, int count = 40)
    {
        var random = new Random(seed);
        Dictionary<string, byte[]> meant = [];
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = new byte[random.Next(5000)];
            random.NextBytes(bytes);
            meant[$"file{i}.txt"] = Encoding.UTF8.GetBytes(Convert.ToHexString(bytes));
        }

        byte[] large = new byte[12 * 1024 * 1024];
        random.NextBytes(large);
        meant["large.bin"] = large;
        meant["index.html"] = "<html>"u8.ToArray();
        foreach ((string key, byte[] bytes) in meant)
        {
            folder.With(key, bytes);
        }

        return meant;
    }

    private static async Task<bool> TryAsync(SiteWorld world, BadLine line, SiteContent content, List<SiteProgress> told)
    {
        SiteOptions options = world.Options;
        options.MultipartThreshold = options.PartSize = 5 * 1024 * 1024;
        var site = new InPlaceSite(new SiteBucket(new AwsAccess(SiteWorld.OptionsFor(line.Address)), options), options, TimeProvider.System, 1, new Told(told));
        try
        {
            await site.SwitchAsync("shop_1.0.0_1", content, CancellationToken.None);
            return true;
        }
        catch (DeploymentException)
        {
            return false;
        }
    }

    private static bool Holds(SiteWorld world, string key, byte[] meant) =>
        world.Objects.Objects.TryGetValue(key, out var its) && SHA256.HashData(its.Bytes).AsSpan().SequenceEqual(SHA256.HashData(meant));

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
