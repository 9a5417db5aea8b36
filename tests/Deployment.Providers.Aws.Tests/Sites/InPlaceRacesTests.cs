using System.Collections.Concurrent;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Sites;

/// <summary>Several who write to one site in place.</summary>
public sealed class InPlaceRacesTests
{
    private SiteWorld _world = null!;

    [SetUp]
    public async Task StartAsync() => _world = await SiteWorld.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _world.DisposeAsync();

    [Test]
    public async Task Switch_OverWhatSomebodyStoredSinceItWasLookedAt_IsALostRace([Values] bool isLarge, [Values] bool wasThere)
    {
        (_world.Options.Concurrency, _world.Options.PartSize, _world.Options.MultipartThreshold) = (1, 5 << 20, 5 << 20);
        if (wasThere)
        {
            _world.Put("b.txt", "before");
        }

        _world.Folder.With("a.txt", "ours a").With("b.txt", isLarge ? new byte[6 << 20] : "ours b"u8.ToArray());
        bool done = false;
        _world.Server.Done = request =>
        {
            if (!done && request.Method is "PUT" or "POST" && request.Path.Value == (isLarge ? "/shop-site/b.txt" : "/shop-site/a.txt"))
            {
                done = true;
                _world.Put("b.txt", "by hand");
            }
        };

        SiteContent content = await _world.ScanAsync();
        await FluentActions.Awaiting(() => _world.InPlace.SwitchAsync("shop_1.0.0_1", content, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("Somebody else has stored b.txt in shop-site since it was looked at*");

        done.Should().BeTrue();
        _world.Seen()["b.txt"].Should().Be("by hand");
        _world.Objects.Uploads.Should().BeEmpty();
    }

    [Test]
    public async Task GoBack_OverWhatSomebodyStoredSinceItWasLookedAt_IsALostRace()
    {
        _world.Folder.With("index.html", "one").With("page.html", "page one");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two").With("page.html", "page two");
        await _world.DeployAsync("shop_2.0.0_1");
        _world.Options.Concurrency = 1;
        _world.Server.Done = request =>
        {
            if (request.Method == "PUT" && request.Path.Value == "/shop-site/page.html")
            {
                _world.Put("index.html", "by hand");
            }
        };

        await FluentActions.Awaiting(() => _world.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1")).Should().ThrowAsync<DeploymentException>().WithMessage("*index.html*");

        _world.Seen()["index.html"].Should().Be("by hand");
    }

    [Test]
    public async Task Deploy_AnswersThatAreLost_AreNoRace([Values] bool opaqueETags)
    {
        _world.Objects.HasOpaqueETags = opaqueETags;
        _world.Aws.Attempts = 4;
        _world.Folder.With("index.html", "one").With("page.html", "page").With("new.css", "css");
        ConcurrentDictionary<string, bool> lost = [];
        _world.Server.Done = request =>
        {
            if (request.Method == "PUT" && lost.TryAdd(request.Path.Value!, true))
            {
                request.HttpContext.Abort();
            }
        };
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two").With("page.html", "page 2");
        lost.Clear();
        await _world.DeployAsync("shop_2.0.0_1");
        lost.Clear();

        await _world.GoBackAsync("shop_2.0.0_1", "shop_1.0.0_1");

        lost.Should().ContainKeys("/shop-site/index.html", "/shop-site/page.html");
        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "one", ["page.html"] = "page", ["new.css"] = "css" });
    }

    [Test]
    public async Task Deploy_AfterADeath_TakesNothingForOursBecauseItIsAsLong()
    {
        _world.Options.RemovalLimit = 100;
        _world.Folder.With("index.html", "one");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two").With("x.txt", "12345");
        await _world.DieAsync("shop_2.0.0_1", request => request.Method == "PUT" && !request.Path.Value!.Contains(".deployment", StringComparison.Ordinal));
        _world.Put("x.txt", "hello");
        _world.Folder.Without("x.txt").With("index.html", "three");

        await _world.DeployAsync("shop_3.0.0_1");

        _world.Seen()["x.txt"].Should().Be("hello", "it is somebody else's");
    }

    [Test]
    public async Task Deploy_ResumedAfterADeath_TakesNothingForOursBecauseItIsAsLong()
    {
        _world.Folder.With("index.html", "two").With("x.txt", "12345");
        await _world.DieAsync("shop_2.0.0_1", request => request.Method == "PUT" && !request.Path.Value!.Contains(".deployment", StringComparison.Ordinal));
        _world.Put("x.txt", "hello");

        await _world.DeployAsync("shop_2.0.0_1");

        _world.Seen()["x.txt"].Should().Be("12345");
        _world.Contents.Should().Contain("hello", "it is somebody else's, and kept");
    }

    [Test]
    public async Task Deploy_AfterADeathThatTookThePlaceOfSomebodyElses_PutsThatBack()
    {
        _world.Options.RemovalLimit = 100;
        _world.Put("x.txt", "theirs");
        _world.Folder.With("index.html", "two").With("x.txt", "ours!");
        await _world.DieAsync("shop_2.0.0_1", request => request.Method == "PUT" && request.Path.Value == "/shop-site/index.html");
        _world.Seen()["x.txt"].Should().Be("ours!");
        _world.Folder.Without("x.txt").With("index.html", "three");

        await _world.DeployAsync("shop_3.0.0_1");

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "three", ["x.txt"] = "theirs" });
    }

    [Test]
    public async Task Clean_OfARunThatEnded_LeavesWhatTheNextOneStores()
    {
        _world.Folder.With("index.html", "one");
        await _world.DeployAsync("shop_1.0.0_1");
        long ended = _world.Epoch;
        _world.Folder.With("index.html", "two").With("app.2a2b3c4d.js", "app 2").With("style.css", "css");
        SiteContent content = await _world.ScanAsync();
        bool cleaned = false;
        _world.Server.Done = request =>
        {
            if (!cleaned && request.Method == "PUT" && request.Path.Value == "/shop-site/index.html")
            {
                cleaned = true;
                (long now, _world.Epoch) = (_world.Epoch, ended);
                Task.Run(() => _world.InPlace.CleanAsync(CancellationToken.None)).GetAwaiter().GetResult();
                _world.Epoch = now;
            }
        };

        _world.Epoch++;
        await _world.InPlace.SwitchAsync("shop_2.0.0_1", content, CancellationToken.None);

        cleaned.Should().BeTrue();
        _world.Seen().Keys.Should().BeEquivalentTo("index.html", "style.css", "app.2a2b3c4d.js");
        _world.Objects.Objects.Keys.Should().Contain(".deployment/uploads/shop_2.0.0_1.json");
    }

    [Test]
    public async Task Clean_WhatSomebodyStoresSinceItWasLookedAt_IsLeft()
    {
        _world.Options.RemovalLimit = 100;
        _world.Folder.With("index.html", "one").With("gone.txt", "gone").With("gone too.txt", "gone too");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.Without("gone.txt").Without("gone too.txt").With("index.html", "two");
        _world.Epoch++;
        await _world.InPlace.SwitchAsync("shop_2.0.0_1", await _world.ScanAsync(), CancellationToken.None);
        bool done = false;
        _world.Server.Fault = request =>
        {
            if (!done && request.Query.ContainsKey("delete"))
            {
                done = true;
                _world.Put("gone.txt", "by hand");
            }

            return null;
        };

        await _world.InPlace.CleanAsync(CancellationToken.None);

        _world.Seen().Should().BeEquivalentTo(new Dictionary<string, string> { ["index.html"] = "two", ["gone.txt"] = "by hand" });
    }

    [Test]
    public async Task Act_ForARunThatAnotherOvertook_IsRefused()
    {
        _world.Folder.With("index.html", "one");
        SiteContent old = await _world.ScanAsync();
        await _world.DeployAsync("shop_2.0.0_1");
        _world.Epoch--;

        await FluentActions.Awaiting(() => _world.InPlace.SwitchAsync("shop_1.0.0_1", old, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*epoch 2*");

        (await _world.InPlace.ReadAsync(CancellationToken.None)).Served!.Revision.Should().Be("shop_2.0.0_1");
    }
}
