using System.Net;
using System.Text;
using System.Text.Json;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Tests.S3;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed partial class InPlaceSiteTests
{
    private SiteWorld _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await SiteWorld.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _world.DisposeAsync();

    [Test]
    public async Task Deploy_ToAnEmptyBucket_StoresEverythingPagesLastAndTheIndexAtTheEnd()
    {
        List<string> order = [];
        _world.Server.Done = request =>
        {
            if (request.Method == "PUT")
            {
                lock (order)
                {
                    order.Add(request.Path.Value!["/shop-site/".Length..]);
                }
            }
        };
        _world.Folder.With("index.html", "home").With("a/page.html", "page").With("app.3f2a9c1b.js", "app").With("style.css", "css");

        await _world.DeployAsync("shop_1.0.0_1");

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "home", ["a/page.html"] = "page", ["app.3f2a9c1b.js"] = "app", ["style.css"] = "css" });
        order.Should().HaveCount(7);
        order[0].Should().Be(".deployment/uploads/shop_1.0.0_1.json");
        order[1..3].Should().BeEquivalentTo(["app.3f2a9c1b.js", "style.css"]);
        order[3..].Should().Equal("a/page.html", "index.html", ".deployment/manifests/shop_1.0.0_1.json", ".deployment/manifest.json");
        JsonElement head = await _world.Tool.AskAsync("s3api", "head-object", "--bucket", SiteWorld.BucketName, "--key", "app.3f2a9c1b.js");
        head.GetProperty("ContentType").GetString().Should().Be("text/javascript; charset=utf-8");
        head.GetProperty("CacheControl").GetString().Should().Be("public, max-age=31536000, immutable");
        (await _world.Tool.KeysAsync(SiteWorld.BucketName)).Should().BeEquivalentTo(["index.html", "a/page.html", "app.3f2a9c1b.js", "style.css", ".deployment/manifest.json", ".deployment/manifests/shop_1.0.0_1.json"]);
    }

    [Test]
    public async Task Deploy_NothingChanged_StoresNothingThoughAllWasTouched()
    {
        for (int i = 0; i < 30; i++)
        {
            _world.Folder.With($"file{i}.txt", $"content {i}");
        }

        await _world.DeployAsync("shop_1.0.0_1");
        List<string> requests = Requests();
        for (int i = 0; i < 30; i++)
        {
            File.SetLastWriteTimeUtc(Path.Combine(_world.Folder.Path, $"file{i}.txt"), DateTime.UnixEpoch);
        }

        await _world.DeployAsync("shop_1.0.1_1");

        requests.Where(request => request.StartsWith("PUT /shop-site/file", StringComparison.Ordinal)).Should().BeEmpty();
        requests.Should().NotContain(request => request.StartsWith("HEAD", StringComparison.Ordinal));
        requests.Count.Should().BeLessThan(20);
    }

    [Test]
    public async Task Deploy_AgainWithChanges_StoresThoseRemovesWhatIsGoneAndLeavesWhatIsNotOurs()
    {
        _world.Put("theirs.txt", "theirs");
        for (int i = 0; i < 10; i++)
        {
            _world.Folder.With($"file{i}.txt", $"content {i}");
        }

        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("file1.txt", "changed").Without("file2.txt").With("new.txt", "new");
        List<string> requests = Requests();

        await _world.DeployAsync("shop_2.0.0_1");

        Dictionary<string, string> seen = _world.Seen();
        seen.Should().HaveCount(11).And.NotContainKey("file2.txt");
        seen["file1.txt"].Should().Be("changed");
        seen["new.txt"].Should().Be("new");
        seen["theirs.txt"].Should().Be("theirs");
        requests.Where(request => request.StartsWith("PUT /shop-site/", StringComparison.Ordinal) && !request.Contains(".deployment", StringComparison.Ordinal)).Should().BeEquivalentTo(["PUT /shop-site/file1.txt", "PUT /shop-site/new.txt"]);
    }

    [Test]
    public async Task Deploy_ThatWouldRemoveTooMuch_IsRefusedBeforeAnythingChanges()
    {
        for (int i = 0; i < 10; i++)
        {
            _world.Folder.With($"file{i}.txt", $"content {i}");
        }

        await _world.DeployAsync("shop_1.0.0_1");
        Dictionary<string, string> before = _world.Seen();
        _world.Folder.Without("file0.txt").Without("file1.txt").Without("file2.txt").With("file3.txt", "other");

        await FluentActions.Awaiting(() => _world.DeployAsync("shop_2.0.0_1")).Should().ThrowAsync<DeploymentException>().WithMessage("It would remove 3 of the site's 10 files, more than the 20%*");

        _world.Seen().Should().BeEquivalentTo(before);
        _world.Options.RemovalLimit = 30;
        await _world.DeployAsync("shop_2.0.0_1");
        _world.Seen().Should().HaveCount(7);
    }

    [Test]
    public async Task HashedAssets_StayUntilSoManyNewerRevisionsCame()
    {
        _world.Options.Revisions = 2;
        for (int i = 1; i <= 4; i++)
        {
            _world.Folder.With("index.html", $"page {i}").With($"app.{i}a2b3c4d.js", $"app {i}");
            await _world.DeployAsync($"shop_{i}.0.0_1");
            _world.Folder.Without($"app.{i}a2b3c4d.js");
        }

        _world.Seen().Keys.Should().BeEquivalentTo(["index.html", "app.2a2b3c4d.js", "app.3a2b3c4d.js", "app.4a2b3c4d.js"]);
    }

    [Test]
    public async Task GoBack_AfterASwitch_BringsTheOldSiteBackWithoutItsFolderAndKeepsTheNewAssets()
    {
        _world.Folder.With("index.html", "one").With("app.1a2b3c4d.js", "app 1").With("same.txt", "same").With("gone.txt", "gone").With("more1", "1").With("more2", "2");
        await _world.DeployAsync("shop_1.0.0_1");
        Dictionary<string, string> before = _world.Seen();
        string typeBefore = _world.Objects.Objects["index.html"].Headers["Content-Type"];
        _world.Folder.With("index.html", "two").Without("app.1a2b3c4d.js").With("app.2a2b3c4d.js", "app 2").Without("gone.txt").With("added.txt", "added");
        await _world.DeployAsync("shop_2.0.0_1");
        _world.Seen()["index.html"].Should().Be("two");
        _world.Seen().Should().NotContainKey("gone.txt");

        await _world.InPlace.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1", CancellationToken.None);
        await _world.InPlace.CleanAsync(CancellationToken.None);

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string>(before) { ["app.2a2b3c4d.js"] = "app 2" });
        _world.Objects.Objects["index.html"].Headers["Content-Type"].Should().Be(typeBefore);
        (await _world.InPlace.ReadAsync(CancellationToken.None)).Served!.Revision.Should().Be("shop_1.0.0_1");
    }

    [Test]
    public async Task GoBack_FromTheFirstOne_RemovesItAndPutsBackWhatSomebodyElseHad()
    {
        _world.Put("index.html", "theirs");
        _world.Put("other.html", "theirs too");
        _world.Folder.With("index.html", "ours").With("app.js", "app");
        SiteContent content = await _world.ScanAsync();
        SitePlan plan = _world.InPlace.Plan("shop_1.0.0_1", content, await _world.InPlace.ReadAsync(CancellationToken.None));
        plan.Overwritten.Should().Equal("index.html");
        SitePlanText.Of(plan).Should().Contain("overwrite what somebody else stored (1):\n  index.html (4 B");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Seen()["index.html"].Should().Be("ours");

        await _world.InPlace.GoBackAsync("shop_1.0.0_1", null, CancellationToken.None);

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "theirs", ["other.html"] = "theirs too" });
        _world.Objects.Objects["index.html"].Headers["Content-Type"].Should().Be("text/x-theirs");
        (await _world.InPlace.ReadAsync(CancellationToken.None)).Served.Should().BeNull();
    }

    private List<string> Requests()
    {
        List<string> requests = [];
        _world.Server.Done = request =>
        {
            lock (requests)
            {
                requests.Add($"{request.Method} {request.Path.Value}");
            }
        };
        return requests;
    }
}
