using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Secrets;
using Deployment.Targets;
using Deployment.Tests.S3;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class TidyUpTests
{
    [Test]
    public async Task TidyUp_SomeCantBeRemoved_TellsItAndDropsTheOthersFromTheCaches()
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        world.Options.RemovalLimit = 100;
        world.Folder.With("index.html", "one").With("gone.html", "gone").With("locked.html", "locked");
        await world.DeployAsync("shop_1.0.0_1");
        SmallS3Object locked = world.Objects.Objects["locked.html"];
        world.Objects.Put("locked.html", locked with { Headers = new Dictionary<string, string>(locked.Headers) { ["x-amz-meta-locked"] = "yes" } });
        world.Folder.With("index.html", "two").Without("gone.html").Without("locked.html");
        world.Epoch++;
        await world.InPlace.SwitchAsync("shop_2.0.0_1", await world.ScanAsync(), CancellationToken.None);
        var cloudFront = new FakeCloudFront(TimeProvider.System) { EdgesTake = TimeSpan.Zero, InvalidationTakes = TimeSpan.Zero };
        S3SiteTarget target = S3SiteTarget.InPlace(
            SiteWorld.BucketName,
            "site",
            site =>
            {
                (site.Aws.Region, site.Aws.Endpoint, site.Aws.Credentials) = (world.Aws.Region, world.Aws.Endpoint, world.Aws.Credentials);
                site.Distribution = FakeCloudFront.Id;
            },
            cloudFront);
        List<string> told = [];
        var context = new EffectContext("run", "tidy-up", world.Epoch, new RecordingCommandRunner(), new EnvironmentSecretStore(), TimeProvider.System, told.Add);

        await FluentActions.Awaiting(() => ((ITidyUp)target).TidyUpAsync(context, CancellationToken.None)).Should().ThrowAsync<DeploymentException>();

        told.Should().ContainSingle(text => text.Contains("still there", StringComparison.Ordinal)).Which.Should().Contain("locked.html (AccessDenied: It is locked.)");
        world.Seen().Keys.Should().BeEquivalentTo("index.html", "locked.html");
        cloudFront.Invalidated.Should().ContainSingle().Which.Paths.Should().Equal("/gone.html");
    }
}
