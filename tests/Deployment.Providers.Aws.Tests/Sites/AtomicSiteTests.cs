using System.Net;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Tests.S3;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class AtomicSiteTests
{
    private const string One = "shop_1.0.0_1";
    private const string Two = "shop_2.0.0_1";
    private SiteWorld _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await SiteWorld.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _world.DisposeAsync();

    [Test]
    public async Task PagesThatWereOpenedBefore_FindTheirAssetsWhicheverPrefixIsServed()
    {
        await InstallAsync(One, null, ("index.html", "one"), ("app.1a2b3c4d.js", "app 1"), ("same.5f2b3c4d.css", "css"));
        await InstallAsync(Two, One, ("index.html", "two"), ("app.2a2b3c4d.js", "app 2"), ("same.5f2b3c4d.css", "css"));
        Dictionary<string, string> one = _world.Seen(One + "/");

        await ShareAsync(Two, One);
        await ShareAsync(Two, One);

        _world.Seen(Two + "/").Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "two", ["app.2a2b3c4d.js"] = "app 2", ["same.5f2b3c4d.css"] = "css", ["app.1a2b3c4d.js"] = "app 1" }, "a page of the first asks there after the switch");
        _world.Seen(One + "/").Should().BeEquivalentTo(new Dictionary<string, string>(one) { ["app.2a2b3c4d.js"] = "app 2" }, "a page of the second asks there while both are served, and after the way back");
        one.Should().NotContainKey("app.2a2b3c4d.js", "without sharing it would not be there");
        _world.Objects.Objects[$"{One}/app.2a2b3c4d.js"].Headers["Cache-Control"].Should().Be("public, max-age=31536000, immutable");
    }

    [Test]
    public async Task HashedAssets_AreCarriedForSoManyRevisions()
    {
        _world.Options.Revisions = 2;
        string? previous = null;
        for (int i = 1; i <= 4; i++)
        {
            string revision = $"shop_{i}.0.0_1";
            await InstallAsync(revision, previous, ("index.html", $"{i}"), ($"app.{i}a2b3c4d.js", $"app {i}"));
            _world.Folder.Without($"app.{i}a2b3c4d.js");
            previous = revision;
        }

        _world.Seen("shop_4.0.0_1/").Keys.Should().BeEquivalentTo(["index.html", "app.2a2b3c4d.js", "app.3a2b3c4d.js", "app.4a2b3c4d.js"]);
        (await _world.Atomic.ReadAsync(CancellationToken.None)).Others.Select(manifest => manifest.Revision).Should().Equal("shop_4.0.0_1", "shop_3.0.0_1", "shop_2.0.0_1", One);
    }

    [Test]
    public async Task Install_WhatTheServedOneHasToo_IsCopiedInTheBucketWhereItIsLarge()
    {
        string large = new('x', 100_000);
        await InstallAsync(One, null, ("large.txt", large), ("small.txt", "small"));
        List<(string Key, bool IsCopy)> stored = [];
        _world.Server.Done = request =>
        {
            if (request.Method == "PUT" && request.Path.Value!.Contains($"/{Two}/", StringComparison.Ordinal))
            {
                lock (stored)
                {
                    stored.Add((request.Path.Value![$"/shop-site/{Two}/".Length..], request.Headers.ContainsKey("x-amz-copy-source")));
                }
            }
        };

        await InstallAsync(Two, One);

        stored.Should().BeEquivalentTo([("large.txt", true), ("small.txt", false)]);
        _world.Seen(Two + "/").Should().BeEquivalentTo(_world.Seen(One + "/"));
    }

    [Test]
    public async Task Install_WhatSomebodyChangedInTheServedOne_IsUploadedAndNotCopied()
    {
        string large = new('x', 100_000);
        await InstallAsync(One, null, ("large.txt", large));
        _world.Put($"{One}/large.txt", "tampered");

        await InstallAsync(Two, One);

        _world.Seen(Two + "/")["large.txt"].Should().Be(large);
    }

    [Test]
    public async Task InstallAndShare_KilledAtAnyRequest_AreFinishedByTheNextRun([Values] bool opaqueETags)
    {
        _world.Objects.HasOpaqueETags = opaqueETags;
        _world.Options.Concurrency = 1;
        await InstallAsync(One, null, ("index.html", "one"), ("app.1a2b3c4d.js", "app 1"), ("file.txt", "text"));
        (string Key, SmallS3Object Value)[] start = [.. _world.Objects.Objects.Select(its => (its.Key, its.Value))];
        _world.Folder.Without("app.1a2b3c4d.js");
        int deaths = 0;
        for (int fatal = 1; ; fatal++)
        {
            foreach (string key in _world.Objects.Objects.Keys)
            {
                _world.Objects.Remove(key);
            }

            Array.ForEach(start, its => _world.Objects.Put(its.Key, its.Value));
            int requests = 0;
            List<string> stored = [];
            _world.Server.Done = request =>
            {
                if (request.Method == "PUT" && request.Path.Value!.Contains($"/{Two}/", StringComparison.Ordinal))
                {
                    stored.Add(request.Path.Value);
                }
            };
            _world.Server.Fault = _ => Interlocked.Increment(ref requests) >= fatal ? (HttpStatusCode.BadRequest, "Killed") : null;
            bool died = await DiesAsync();
            _world.Server.Fault = null;
            if (!died)
            {
                break;
            }

            deaths++;
            (await DiesAsync()).Should().BeFalse();

            _world.Seen(Two + "/").Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "two", ["app.1a2b3c4d.js"] = "app 1", ["app.2a2b3c4d.js"] = "app 2", ["file.txt"] = "text" }, "it was killed at request {0}", fatal);
            _world.Seen(One + "/").Should().HaveCount(4);
            stored.Should().OnlyHaveUniqueItems("it was killed at request {0}", fatal);
            await RemoveAsync(Two);
            await RemoveAsync(One);
            _world.Objects.Objects.Should().BeEmpty("all that was stored is known, whatever died; it was killed at request {0}", fatal);
        }

        deaths.Should().BeGreaterThan(12);

        async Task<bool> DiesAsync()
        {
            try
            {
                await InstallAsync(Two, One, ("index.html", "two"), ("app.2a2b3c4d.js", "app 2"));
                await ShareAsync(Two, One);
                return false;
            }
            catch (DeploymentException)
            {
                return true;
            }
        }
    }

    [Test]
    public async Task Remove_ARevision_LeavesWhatItDidNotStore()
    {
        await InstallAsync(One, null, ("index.html", "one"));
        _world.Put($"{One}/theirs.txt", "theirs");
        _world.Put("shop_1.0.0_10/index.html", "another");

        await RemoveAsync(One);

        _world.Objects.Objects.Keys.Should().BeEquivalentTo([$"{One}/theirs.txt", "shop_1.0.0_10/index.html"]);
    }

    [Test]
    public async Task Install_ThatLacksMuchOfWhatIsServed_IsRefusedBeforeAnythingIsStored()
    {
        await InstallAsync(One, null, ("index.html", "one"), ("a", "a"), ("b", "b"), ("c", "c"));
        int before = _world.Objects.Objects.Count;
        _world.Folder.Without("a").Without("b");

        await FluentActions.Awaiting(() => InstallAsync(Two, One)).Should().ThrowAsync<DeploymentException>().WithMessage("It would remove 2 of the site's 4 files*");

        _world.Objects.Objects.Should().HaveCount(before);
    }

    private async Task InstallAsync(string revision, string? previous, params (string Key, string Content)[] files)
    {
        foreach ((string key, string content) in files)
        {
            _world.Folder.With(key, content);
        }

        AtomicSite site = _world.Atomic;
        SiteState records = await site.ReadAsync(CancellationToken.None);
        SiteManifest? before = previous is null ? null : await site.FindAsync(previous, CancellationToken.None);
        await site.InstallAsync(await site.PlanAsync(revision, await _world.ScanAsync(site.Root(revision)), before, records, CancellationToken.None), CancellationToken.None);
    }

    private async Task ShareAsync(string from, string to)
    {
        AtomicSite site = _world.Atomic;
        await site.ShareAsync((await site.FindAsync(from, CancellationToken.None))!, (await site.FindAsync(to, CancellationToken.None))!, CancellationToken.None);
    }

    private async Task RemoveAsync(string revision) => await _world.Atomic.RemoveAsync(revision, await _world.Atomic.ReadAsync(CancellationToken.None), CancellationToken.None);
}
