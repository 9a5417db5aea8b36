using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Sites;

/// <summary>Ways back in place, and what somebody else stored meanwhile.</summary>
public sealed class InPlaceWayBackTests
{
    private SiteWorld _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await SiteWorld.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _world.DisposeAsync();

    [Test]
    public async Task GoBack_OverWhatSomebodyElseChanged_KeepsIt()
    {
        _world.Folder.With("index.html", "one").With("style.css", "css 1");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two").With("style.css", "css 2");
        await _world.DeployAsync("shop_2.0.0_1");
        _world.Put("style.css", "by hand");

        await _world.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1");
        await _world.InPlace.CleanAsync(CancellationToken.None);

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "one", ["style.css"] = "css 1" });
        _world.Contents.Should().Contain("by hand", "it lies where such things are kept");
    }

    [Test]
    public async Task GoBack_FromTheFirstOne_LeavesWhatSomebodyElseStoredSince()
    {
        _world.Put("index.html", "theirs");
        _world.Put("style.css", "their style");
        _world.Folder.With("index.html", "ours").With("style.css", "our style").With("a", "a");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Put("index.html", "newer");

        await _world.GoBackAsync("shop_1.0.0_1", null);

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "newer", ["style.css"] = "their style" });
    }

    [Test]
    public async Task GoBack_AfterADeath_WhatItPutsBackIsNotTakenForOursLater([Values] bool opaqueETags)
    {
        _world.Objects.HasOpaqueETags = opaqueETags;
        _world.Options.RemovalLimit = 100;
        _world.Folder.With("index.html", "one");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Put("x.txt", "theirs");
        _world.Folder.With("index.html", "two").With("x.txt", "theirs");
        await _world.DieAsync("shop_2.0.0_1", request => request.Method == "PUT" && request.Path.Value == "/shop-site/index.html");
        await _world.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1");
        _world.Seen().Should().ContainKey("x.txt");

        _world.Folder.Without("x.txt").With("index.html", "three");
        await _world.DeployAsync("shop_3.0.0_1");

        _world.Seen().Should().ContainKey("x.txt", "it is somebody else's");
    }

    [Test]
    public async Task GoBack_FromOneThatWasServed_WhatItPutsBackIsNotTakenForOursLater()
    {
        _world.Folder.With("index.html", "one");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Put("x.txt", "theirs");
        _world.Folder.With("index.html", "two").With("x.txt", "theirs");
        _world.Epoch++;
        await _world.InPlace.SwitchAsync("shop_2.0.0_1", await _world.ScanAsync(), CancellationToken.None);

        await _world.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1");
        await _world.InPlace.CleanAsync(CancellationToken.None);

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "one", ["x.txt"] = "theirs" });
        _world.Objects.Objects["x.txt"].Headers["Content-Type"].Should().Be("text/x-theirs");
    }

    [Test]
    public async Task GoBack_OfWhoHasLost_LeavesWhatTheWinnerServes()
    {
        _world.Options.Concurrency = 1;
        _world.Folder.With("index.html", "one").With("page.html", "page one");
        await _world.DeployAsync("shop_1.0.0_1");
        using var other = new SiteFolderOnDisk();
        SiteContent winner = await new SiteScanner(_world.Options).ScanAsync(other.With("index.html", "three").With("page.html", "page three").Path, "", CancellationToken.None);
        _world.Folder.With("index.html", "two").With("page.html", "page two");
        SiteContent two = await _world.ScanAsync();
        long epoch = ++_world.Epoch;
        bool won = false;
        _world.Server.Done = request =>
        {
            if (!won && request.Method == "PUT" && request.Path.Value == "/shop-site/page.html")
            {
                won = true;
                _world.Epoch++;
                Task.Run(() => _world.InPlace.SwitchAsync("shop_3.0.0_1", winner, CancellationToken.None)).GetAwaiter().GetResult();
            }
        };

        await FluentActions.Awaiting(() => _world.InPlace.SwitchAsync("shop_2.0.0_1", two, CancellationToken.None)).Should().ThrowAsync<DeploymentException>();
        _world.Epoch = epoch;
        await FluentActions.Awaiting(() => _world.InPlace.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1", CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*Nothing was changed*");

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "three", ["page.html"] = "page three" });
    }

    [Test]
    public async Task GoBack_RemovesWhatTheNewerOneAloneStored([Values] bool died)
    {
        _world.Folder.With("index.html", "one");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two").With("secret.html", "new page").With("new.css", "css").With("app.2a2b3c4d.js", "app 2");
        if (died)
        {
            await _world.DieAsync("shop_2.0.0_1", request => request.Method == "PUT" && request.Path.Value == "/shop-site/index.html");
        }
        else
        {
            _world.Epoch++;
            await _world.InPlace.SwitchAsync("shop_2.0.0_1", await _world.ScanAsync(), CancellationToken.None);
        }

        _world.Seen().Should().ContainKeys("secret.html", "new.css");

        await _world.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1");

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "one", ["app.2a2b3c4d.js"] = "app 2" });
    }

    [Test]
    public async Task GoBack_ThenForwardAgain_NeedsNoFolder()
    {
        _world.Folder.With("index.html", "one");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two").With("page.html", "page");
        await _world.DeployAsync("shop_2.0.0_1");
        await _world.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1");
        await _world.InPlace.CleanAsync(CancellationToken.None);
        _world.Seen().Keys.Should().Equal("index.html");

        await _world.GoBackAsync("shop_1.0.0_1", "shop_2.0.0_1");

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "two", ["page.html"] = "page" });
    }

    // The record of the revision was written and the one of what is served wasn't: it goes on to the newer one by what stands and what is kept.
    [Test]
    public async Task GoBack_ToTheNewerOneAfterADeathBetweenItsRecords_BringsNothingOfOldBack()
    {
        _world.Options.RemovalLimit = 100;
        _world.Put("old.html", "by hand");
        _world.Folder.With("index.html", "one").With("old.html", "ours");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two").Without("old.html");
        await _world.DieAsync("shop_2.0.0_1", request => request.Method == "PUT" && request.Path.Value == "/shop-site/.deployment/manifest.json");

        await _world.GoBackAsync("shop_1.0.0_1", "shop_2.0.0_1");
        await _world.InPlace.CleanAsync(CancellationToken.None);

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "two" });
    }

    [Test]
    public async Task GoBack_WithADamagedRecordOfAnOldRevision_Succeeds()
    {
        _world.Folder.With("index.html", "one");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two");
        await _world.DeployAsync("shop_2.0.0_1");
        _world.Put(".deployment/manifests/shop_0.1.0_1.json", "garbage");
        _world.Put(".deployment/uploads/shop_0.1.1_1.json", "garbage");

        await _world.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1");
        await _world.InPlace.CleanAsync(CancellationToken.None);

        _world.Seen()["index.html"].Should().Be("one");
        (await _world.Atomic.ReadAsync(CancellationToken.None)).Others.Should().BeEmpty("those that can be read are of a site in place");
        _world.Objects.Objects.Keys.Should().Contain(".deployment/manifests/shop_0.1.0_1.json", "somebody may restore it");
        await FluentActions.Awaiting(() => RemoveAsync("shop_0.1.0_1")).Should().ThrowAsync<DeploymentException>().WithMessage("*can't be used*", "this one needs it");
    }

    [Test]
    public async Task GoBackOrRemove_AfterADeathInTheMidstOfALargeFile_LeavesNoParts([Values] bool isAtomic)
    {
        (_world.Options.PartSize, _world.Options.MultipartThreshold) = (5 << 20, 5 << 20);
        _world.Folder.With("index.html", "one");
        if (!isAtomic)
        {
            await _world.DeployAsync("shop_1.0.0_1");
        }

        _world.Folder.With("film.mp4", new byte[21 << 20]).With("index.html", "two");
        SiteContent content = await _world.ScanAsync();
        _world.Server.Fault = request => request.Query["partNumber"] == "4" || request.Method == "DELETE" ? (System.Net.HttpStatusCode.BadRequest, "Killed") : null;
        _world.Epoch++;
        await FluentActions.Awaiting(() => isAtomic ? InstallAsync("shop_2.0.0_1", content) : _world.InPlace.SwitchAsync("shop_2.0.0_1", content, CancellationToken.None)).Should().ThrowAsync<DeploymentException>();
        _world.Server.Fault = null;
        _world.Objects.Uploads.Should().ContainSingle();

        await (isAtomic ? RemoveAsync("shop_2.0.0_1") : _world.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1"));

        _world.Objects.Uploads.Should().BeEmpty();
    }

    private async Task<SiteManifest> InstallAsync(string revision, SiteContent content)
    {
        AtomicSite site = _world.Atomic;
        return await site.InstallAsync(await site.PlanAsync(revision, content, null, await site.ReadAsync(CancellationToken.None), CancellationToken.None), CancellationToken.None);
    }

    private async Task RemoveAsync(string revision) => await _world.Atomic.RemoveAsync(revision, await _world.Atomic.ReadAsync(CancellationToken.None), CancellationToken.None);
}
