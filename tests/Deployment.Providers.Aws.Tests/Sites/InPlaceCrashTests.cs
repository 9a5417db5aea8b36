using Deployment.Providers.Aws.Tests.Support;
using Deployment.Tests.S3;

namespace Deployment.Providers.Aws.Tests.Sites;

/// <summary>Deaths on the way back; those on the way there are tested beside the other troubles in place.</summary>
public sealed class InPlaceCrashTests
{
    [Test]
    public async Task GoBack_KilledAtAnyRequest_IsFinishedByTheNext([Values] bool opaqueETags, [Values] bool wasServed)
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        world.Objects.HasOpaqueETags = opaqueETags;
        world.Options.Concurrency = 1;
        world.Folder.With("index.html", "one").With("style.css", "css 1").With("gone.txt", "gone");
        await world.DeployAsync("shop_1.0.0_1");
        world.Put("theirs.txt", "theirs");
        world.Put("theirs too.txt", "ours, by chance");
        world.Folder.With("index.html", "two").With("style.css", "css 2").Without("gone.txt").With("new.html", "new").With("theirs.txt", "ours").With("theirs too.txt", "ours, by chance").With("app.2a2b3c4d.js", "app 2");
        world.Options.RemovalLimit = 100;
        world.Epoch++;
        if (wasServed)
        {
            await world.InPlace.SwitchAsync("shop_2.0.0_1", await world.ScanAsync(), CancellationToken.None);
        }
        else
        {
            await world.DieAsync("shop_2.0.0_1", request => request.Method == "PUT" && request.Path.Value == "/shop-site/index.html");
        }

        (string Key, SmallS3Object Value)[] start = [.. world.Objects.Objects.Select(its => (its.Key, its.Value))];
        int deaths = 0;
        for (int fatal = 1; ; fatal++)
        {
            foreach (string key in world.Objects.Objects.Keys)
            {
                world.Objects.Remove(key);
            }

            Array.ForEach(start, its => world.Objects.Put(its.Key, its.Value));
            int requests = 0;
            bool died = false;
            world.Server.Fault = _ => Interlocked.Increment(ref requests) >= fatal ? (System.Net.HttpStatusCode.BadRequest, "Killed") : null;
            try
            {
                await world.GoBackAsync(wasServed ? "shop_2.0.0_1" : "shop_1.0.0_1", "shop_1.0.0_1");
            }
            catch (DeploymentException)
            {
                died = true;
            }

            world.Server.Fault = null;
            if (died)
            {
                deaths++;
                // As the step that is repeated does.
                string served = (await world.InPlace.ReadAsync(CancellationToken.None)).Served!.Revision;
                await world.GoBackAsync(served, "shop_1.0.0_1");
            }

            (await world.InPlace.CleanAsync(CancellationToken.None)).Check();
            world.Seen().Should().BeEquivalentTo(
                new Dictionary<string, string> { ["index.html"] = "one", ["style.css"] = "css 1", ["gone.txt"] = "gone", ["theirs.txt"] = "theirs", ["theirs too.txt"] = "ours, by chance", ["app.2a2b3c4d.js"] = "app 2" },
                "it was killed at request {0}", fatal);
            (await world.InPlace.ReadAsync(CancellationToken.None)).Served!.Revision.Should().Be("shop_1.0.0_1");
            if (!died)
            {
                break;
            }
        }

        deaths.Should().BeGreaterThan(10);
    }
}
