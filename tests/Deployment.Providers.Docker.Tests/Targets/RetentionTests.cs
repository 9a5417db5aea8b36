using Deployment.Health;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>What stays on a host for going back, and what is removed once a run has succeeded.</summary>
public sealed class RetentionTests : DockerTest
{
    [Test]
    public async Task Deploy_ManyReleases_KeepsTheLastThatHadUsersAndTheirImages()
    {
        DeploymentPipeline pipeline = Pipeline(Publishing(FreePort.Next(), docker => docker.Pull = ImagePull.Always));
        Dictionary<string, string> digests = [];
        foreach (string version in new[] { "1.0.0", "1.1.0", "1.2.0" })
        {
            await DeployAsync(pipeline, version, await World.Images.ShopAsync(version, Name), digests);
        }

        // Two that never had users push none of the good ones out, and their logs are there.
        await DeployAsync(pipeline, "1.3.0", await World.Images.ExitsAtOnceAsync("1.3.0", Name), digests, DeploymentOutcome.RolledBack);
        await DeployAsync(pipeline, "1.4.0", await World.Images.ExitsAtOnceAsync("1.4.0", Name), digests, DeploymentOutcome.RolledBack);
        (await ContainersAsync()).Should().BeEquivalentTo(Versions("1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"));

        (string planned, string plannedDigest) = await World.Images.PushAsync(await World.Images.ShopAsync("9.9.9", Name), World.Registry);
        await pipeline.PlanAsync(Release.Of("shop", "9.9.9", Artifact.Image(planned)));
        await DeployAsync(pipeline, "1.5.0", await World.Images.ShopAsync("1.5.0", Name), digests);

        (await ContainersAsync()).Should().BeEquivalentTo(Versions("1.1.0", "1.2.0", "1.5.0"));
        foreach ((string version, string digest) in digests)
        {
            (await IsThereAsync(digest)).Should().Be(version is "1.1.0" or "1.2.0" or "1.5.0", version);
        }

        (await IsThereAsync(plannedDigest)).Should().BeTrue("who fetched an image that nobody ran isn't known");
        (await World.Daemon.SucceedsAsync("image", "ls", "--format", "{{.Tag}}", $"{World.Registry.Address}/{Name}")).Should().NotContain("1.0.0").And.Contain("1.5.0");
    }

    [Test]
    public async Task Deploy_NothingIsToBeKept_TheWayBackHasItsContainerAllTheSame()
    {
        DeploymentPipeline pipeline = Pipeline(Publishing(FreePort.Next(), docker =>
        {
            docker.Pull = ImagePull.Always;
            docker.KeptRevisions = 0;
        }));
        Dictionary<string, string> digests = [];
        await DeployAsync(pipeline, "1.0.0", await World.Images.ShopAsync("1.0.0", Name), digests);
        string id = await InspectAsync("{{.Id}}", Container("shop_1.0.0_1"));
        await DeployAsync(pipeline, "1.1.0", await World.Images.ShopAsync("1.1.0", Name, "ENV UNHEALTHY=1"), digests, DeploymentOutcome.RolledBack);
        (await InspectAsync("{{.Id}} {{.State.Status}}", Container("shop_1.0.0_1"))).Should().Be($"{id} running", "what the run found is needed until it has succeeded");
        await DeployAsync(pipeline, "1.2.0", await World.Images.ShopAsync("1.2.0", Name), digests);
        (await ContainersAsync()).Should().Equal(Versions("1.2.0"));
    }

    [Test]
    public async Task Deploy_ImageThatAnotherApplicationUses_Stays()
    {
        (string tag, string digest) = await World.Images.PushAsync(await World.Images.ShopAsync("1.0.0", Name), World.Registry);
        await World.Daemon.SucceedsAsync("create", "--name", Name + "-other", tag);
        try
        {
            DeploymentPipeline pipeline = Pipeline(Publishing(FreePort.Next(), docker =>
            {
                docker.Pull = ImagePull.Always;
                docker.KeptRevisions = 0;
            }));
            await DeployAsync(pipeline, "1.0.0", await World.Images.ShopAsync("1.0.0", Name), []);
            await DeployAsync(pipeline, "1.1.0", await World.Images.ShopAsync("1.1.0", Name), []);
            (await ContainersAsync()).Should().Equal(Versions("1.1.0"));
            (await IsThereAsync(digest)).Should().BeTrue();
            (await World.Daemon.RunAsync("inspect", Name + "-other")).ExitCode.Should().Be(0);
        }
        finally
        {
            await World.Daemon.SucceedsAsync("rm", Name + "-other");
        }
    }

    [Test]
    public async Task Clear_Images_GoUnlessAnotherContainerUsesThem()
    {
        Rig rig = Publishing(FreePort.Next(), docker => docker.Pull = ImagePull.Always);
        (string tag, string digest) = await World.Images.PushAsync(await World.Images.ShopAsync("1.0.0", Name), World.Registry);
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", tag);
        await rig.RunAsync(rig.Target.Update(revision));
        await World.Daemon.SucceedsAsync("create", "--name", Name + "-other", tag);
        await rig.RunAsync(rig.Target.Clear(revision.Id));
        (await IsThereAsync(digest)).Should().BeTrue("another container uses it");
        await World.Daemon.SucceedsAsync("rm", Name + "-other");
        await rig.RunAsync(rig.Target.Update(revision));
        await rig.RunAsync(rig.Target.Clear(revision.Id));
        (await IsThereAsync(digest)).Should().BeFalse();
        (await IsThereAsync(tag)).Should().BeFalse();
    }

    [Test]
    public async Task Remove_BesideAnotherTarget_LeavesThatOneAlone()
    {
        Rig rig = Workers(docker => docker.KeptRevisions = 0);
        Revision mine = await rig.RevisionAsync("jobs", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await rig.RunAsync(rig.Target.Update(mine));
        Begin();
        Rig other = Workers();
        await other.RunAsync(other.Target.Update(mine));
        await rig.RunAsync(rig.Target.Clear(mine.Id));
        (await other.SeeAsync()).Revisions.Should().ContainSingle();
        (await rig.SeeAsync()).Revisions.Should().BeEmpty();
    }

    private static DeploymentPipeline Pipeline(Rig rig) => DeploymentPipeline.Create("shop")
        .UseStore(new InMemoryDeploymentStore())
        .DeployTo(rig.Target)
        .UseRecreate(recreate => recreate.Retry = new RetryPolicy { Attempts = 1 })
        .RequireHealthy(health => health.Http("/health").With(check =>
        {
            check.Interval = TimeSpan.FromMilliseconds(50);
            check.ConsecutiveSuccesses = 1;
            check.Deadline = TimeSpan.FromSeconds(2);
        }))
        .Build();

    private async Task DeployAsync(DeploymentPipeline pipeline, string version, string image, Dictionary<string, string> digests, DeploymentOutcome outcome = DeploymentOutcome.Succeeded)
    {
        (string tag, digests[version]) = await World.Images.PushAsync(image, World.Registry);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        DeploymentResult result = await pipeline.DeployAsync(Release.Of("shop", version, Artifact.Image(tag)), deadline.Token);
        result.Outcome.Should().Be(outcome, result.ToString());
    }

    private string[] Versions(params string[] versions) => [.. versions.Select(version => Container($"shop_{version}_1"))];

    private async Task<bool> IsThereAsync(string image) => (await World.Daemon.RunAsync("image", "inspect", image)).ExitCode == 0;

    private async Task<string[]> ContainersAsync() =>
        (await World.Daemon.SucceedsAsync("ps", "--all", "--format", "{{.Names}}", "--filter", $"label=deployment.target={Name}")).Split('\n');
}
