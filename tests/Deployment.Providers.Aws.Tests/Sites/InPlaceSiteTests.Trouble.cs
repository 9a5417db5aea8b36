using System.Net;
using System.Text;
using System.Text.Json;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Tests.S3;

namespace Deployment.Providers.Aws.Tests.Sites;

/// <summary>Deaths, lost races and what else goes wrong in place.</summary>
public sealed partial class InPlaceSiteTests
{
    [Test]
    public async Task Deploy_KilledAtAnyRequest_IsFinishedByTheNextWithoutStoringAnythingTwice([Values] bool opaqueETags)
    {
        _world.Objects.HasOpaqueETags = opaqueETags;
        for (int i = 0; i < 8; i++)
        {
            _world.Folder.With($"file{i}.txt", $"content {i}");
        }

        _world.Folder.With("index.html", "one").With("app.1a2b3c4d.js", "app 1");
        _world.Options.Concurrency = 1;
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two").With("file3.txt", "contents").With("app.2a2b3c4d.js", "app 2").With("new.txt", "new").Without("app.1a2b3c4d.js").Without("file4.txt");
        (string Key, SmallS3Object Value)[] start = [.. _world.Objects.Objects.Select(its => (its.Key, its.Value))];
        int deaths = 0;
        for (int fatal = 1; ; fatal++)
        {
            foreach (string key in _world.Objects.Objects.Keys)
            {
                _world.Objects.Remove(key);
            }

            Array.ForEach(start, its => _world.Objects.Put(its.Key, its.Value));
            List<string> stored = Requests();
            int requests = 0;
            _world.Server.Fault = _ => Interlocked.Increment(ref requests) >= fatal ? (HttpStatusCode.BadRequest, "Killed") : null;
            bool died = await DiesAsync(() => _world.DeployAsync("shop_2.0.0_1"));
            _world.Server.Fault = null;
            if (!died)
            {
                break;
            }

            deaths++;
            await _world.DeployAsync("shop_2.0.0_1");

            _world.Seen().Should().BeEquivalentTo(
                new Dictionary<string, string> { ["index.html"] = "two", ["file3.txt"] = "contents", ["app.2a2b3c4d.js"] = "app 2", ["app.1a2b3c4d.js"] = "app 1", ["new.txt"] = "new", ["file0.txt"] = "content 0", ["file1.txt"] = "content 1", ["file2.txt"] = "content 2", ["file5.txt"] = "content 5", ["file6.txt"] = "content 6", ["file7.txt"] = "content 7" },
                "it was killed at request {0}", fatal);
            stored.Where(request => request.StartsWith("PUT /shop-site/", StringComparison.Ordinal) && !request.Contains(".deployment/", StringComparison.Ordinal)).Should().OnlyHaveUniqueItems("it was killed at request {0}", fatal);
        }

        deaths.Should().BeGreaterThan(15);
    }

    [Test]
    public async Task Deploy_AfterADeath_KnowsByItsRecordWhatWasStored([Values] bool hasRecord)
    {
        for (int i = 0; i < 5; i++)
        {
            _world.Folder.With($"file{i}.txt", $"content {i}");
        }

        _world.Server.Fault = request => request.Path.Value!.Contains("manifests/", StringComparison.Ordinal) && request.Method == "PUT" ? (HttpStatusCode.BadRequest, "Killed") : null;
        (await DiesAsync(() => _world.DeployAsync("shop_1.0.0_1"))).Should().BeTrue();
        _world.Server.Fault = null;
        if (!hasRecord)
        {
            _world.Objects.Remove(".deployment/uploads/shop_1.0.0_1.json");
        }

        List<string> requests = Requests();
        await _world.DeployAsync("shop_1.0.0_1");

        requests.Count(request => request.StartsWith("PUT /shop-site/file", StringComparison.Ordinal)).Should().Be(hasRecord ? 0 : 5, "without it they are somebody else's, which are kept and overwritten");
    }

    [Test]
    public async Task Deploy_AFileThatChangesMeanwhile_IsAnErrorAndNothingOfItIsStored([Values("x", "content changed much")] string after)
    {
        _world.Folder.With("index.html", "home").With("file.txt", "content");
        SiteContent content = await _world.ScanAsync();
        _world.Folder.With("file.txt", after);

        await FluentActions.Awaiting(() => _world.InPlace.SwitchAsync("shop_1.0.0_1", content, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("'file.txt' was changed since the folder was read*");

        _world.Seen().Should().NotContainKeys("file.txt", "index.html");
        (await _world.InPlace.ReadAsync(CancellationToken.None)).Served.Should().BeNull();
    }

    [Test]
    public async Task Deploy_WithAnAclAndKms_TheFilesHaveBothAndTheRecordsNoAcl()
    {
        _world.Options.Acl = "public-read";
        _world.Options.Encryption = SiteEncryption.Kms;
        _world.Options.KmsKey = "key";
        _world.Folder.With("index.html", "one").With("file.txt", "text");
        await _world.DeployAsync("shop_1.0.0_1");
        _world.Folder.With("index.html", "two");
        await _world.DeployAsync("shop_2.0.0_1");

        foreach ((string key, SmallS3Object its) in _world.Objects.Objects)
        {
            its.Headers.Should().Contain("x-amz-server-side-encryption", "aws:kms", "of {0}", key);
            its.Headers.ContainsKey("x-amz-acl").Should().Be(!key.StartsWith(".deployment/", StringComparison.Ordinal), "of {0}", key);
        }

        _world.Objects.Objects.Keys.Should().Contain(key => key.StartsWith(".deployment/kept/", StringComparison.Ordinal));
    }

    [Test]
    public async Task Switch_WhenSomebodyElseSwitchedMeanwhile_IsALostRace()
    {
        _world.Folder.With("index.html", "home");
        SiteContent content = await _world.ScanAsync();
        _world.Server.Done = request =>
        {
            if (request.Path.Value!.EndsWith("manifests/shop_1.0.0_1.json", StringComparison.Ordinal))
            {
                _world.Put(".deployment/manifest.json", "{}");
            }
        };

        await FluentActions.Awaiting(() => _world.InPlace.SwitchAsync("shop_1.0.0_1", content, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("Somebody else has changed .deployment/manifest.json*");
    }

    [Test]
    public async Task Switch_WhenTheAnswerToItsOwnRecordIsLost_IsNoRace()
    {
        _world.Folder.With("index.html", "home");
        bool lost = false;
        _world.Server.Done = request =>
        {
            if (!lost && request.Method == "PUT" && request.Path.Value!.EndsWith("/.deployment/manifest.json", StringComparison.Ordinal))
            {
                lost = true;
                request.HttpContext.Abort();
            }
        };

        await _world.DeployAsync("shop_1.0.0_1");

        lost.Should().BeTrue();
        (await _world.InPlace.ReadAsync(CancellationToken.None)).Served!.Revision.Should().Be("shop_1.0.0_1");
    }

    [Test]
    public async Task Deploy_ManyAtOnceThatAreThrottled_AllComeThrough()
    {
        for (int i = 0; i < 300; i++)
        {
            _world.Folder.With($"file{i}.txt", $"content {i}");
        }

        int throttled = 0;
        _world.Aws.Attempts = 5;
        // Each object is refused the first time, as of a prefix that is asked for too much.
        System.Collections.Concurrent.ConcurrentDictionary<string, bool> refused = [];
        _world.Server.Fault = request =>
        {
            if (request.Method == "PUT" && request.Path.Value!.Contains("file", StringComparison.Ordinal) && refused.TryAdd(request.Path.Value, true))
            {
                Interlocked.Increment(ref throttled);
                return (HttpStatusCode.ServiceUnavailable, "SlowDown");
            }

            return null;
        };

        await _world.DeployAsync("shop_1.0.0_1");

        throttled.Should().Be(300);
        _world.Seen().Should().HaveCount(300);
    }

    [Test]
    public async Task Deploy_ObjectsThatCantBeRemoved_AreNamedAndTheOthersAreGone()
    {
        for (int i = 0; i < 20; i++)
        {
            _world.Folder.With($"file{i}.txt", $"content {i}");
        }

        await _world.DeployAsync("shop_1.0.0_1");
        SmallS3Object locked = _world.Objects.Objects["file1.txt"];
        _world.Objects.Put("file1.txt", locked with { Headers = new Dictionary<string, string>(locked.Headers) { ["x-amz-meta-locked"] = "yes" } });
        _world.Folder.Without("file1.txt").Without("file2.txt");

        await FluentActions.Awaiting(() => _world.DeployAsync("shop_2.0.0_1")).Should().ThrowAsync<DeploymentException>()
            .WithMessage("s3:DeleteObject on shop-site failed for 1 of 2 objects, the others are gone: file1.txt (AccessDenied: It is locked.)*");

        _world.Seen().Should().ContainKey("file1.txt").And.NotContainKey("file2.txt");
    }

    private static async Task<bool> DiesAsync(Func<Task> act)
    {
        try
        {
            await act();
            return false;
        }
        catch (DeploymentException)
        {
            return true;
        }
    }
}
