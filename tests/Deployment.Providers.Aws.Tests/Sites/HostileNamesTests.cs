using System.Text;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class HostileNamesTests
{
    [TestCase(1)]
    [TestCase(2)]
    public async Task Deploy_ThousandsOfHostileNames_AreListedAndDownloadedByTheAwsToolAsTheyWereMeant(int seed)
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        Dictionary<string, string> meant = Fill(world.Folder, seed, 1500);
        world.Options.Prefix = "a b/ü+%/";

        await world.DeployAsync("shop_1.0.0_1");

        await ShowAsync(world.Tool, SiteWorld.BucketName, world.Options.Prefix, meant);
        int requests = 0;
        world.Server.Done = request => requests += request.Method == "PUT" && !request.Path.Value!.Contains(".deployment", StringComparison.Ordinal) ? 1 : 0;
        await world.DeployAsync("shop_1.0.1_1");
        requests.Should().Be(0, "each name in the listing is the one that was stored");
        await world.InPlace.GoBackAsync("shop_1.0.1_1", null, CancellationToken.None);
        await world.InPlace.GoBackAsync("shop_1.0.0_1", null, CancellationToken.None);
        (await world.Tool.KeysAsync(SiteWorld.BucketName, world.Options.Prefix)).Where(key => !key.Contains(".deployment/", StringComparison.Ordinal)).Should().BeEmpty("each of them can be removed");
    }

    [Test]
    public async Task Deploy_HostileNamesToMoto_AreListedAndDownloadedAsTheyWereMeant()
    {
        await using RealMoto moto = await RealMoto.StartAsync();
        var tool = new AwsTool(moto.Address);
        await tool.AskAsync("s3api", "create-bucket", "--bucket", SiteWorld.BucketName, "--create-bucket-configuration", $"LocationConstraint={RealMoto.Region}");
        using var folder = new SiteFolderOnDisk();
        Dictionary<string, string> meant = Fill(folder, 3, 300);
        var options = new SiteOptions { Bucket = SiteWorld.BucketName, Concurrency = 8 };
        var site = new InPlaceSite(new SiteBucket(new AwsAccess(moto.Options), options), options, TimeProvider.System, 1);
        SiteContent content = await new SiteScanner(options).ScanAsync(folder.Path, "", CancellationToken.None);

        await site.SwitchAsync("shop_1.0.0_1", content, CancellationToken.None);
        await site.CleanAsync(CancellationToken.None);

        await ShowAsync(tool, SiteWorld.BucketName, "", meant);
        SitePlan plan = site.Plan("shop_1.0.1_1", content, await site.ReadAsync(CancellationToken.None));
        plan.Moves.Should().BeEmpty();
    }

    private static Dictionary<string, string> Fill(SiteFolderOnDisk folder, int seed, int count)
    {
        Dictionary<string, string> meant = new HostileNames(seed).Take(count).Distinct().ToDictionary(name => name, name => $"content of {name}");
        foreach ((string name, string content) in meant)
        {
            folder.With(name, content);
        }

        return meant;
    }

    private static async Task ShowAsync(AwsTool tool, string bucket, string prefix, Dictionary<string, string> meant)
    {
        string[] keys = [.. (await tool.KeysAsync(bucket, prefix)).Select(key => key[prefix.Length..]).Where(key => !key.StartsWith(SiteKeys.Own, StringComparison.Ordinal))];
        keys.Except(meant.Keys).Should().BeEmpty("nothing else was stored");
        meant.Keys.Except(keys).Should().BeEmpty("nothing is missing");
        using var downloaded = new SiteFolderOnDisk();
        await tool.DownloadAsync(bucket, prefix, downloaded.Path);
        foreach ((string name, string content) in meant)
        {
            File.ReadAllText(Path.Combine(downloaded.Path, name), Encoding.UTF8).Should().Be(content);
        }
    }
}
