using Deployment.Releases;

namespace Deployment.Providers.Docker.Tests.Targets;

public sealed class RetentionTests : DockerTest
{
    [Test]
    public async Task Update_ManyReleases_KeepsTheLastRevisionsAndTheirImages()
    {
        int port = Support.FreePort.Next();
        Rig rig = Publishing(port, docker => docker.Pull = ImagePull.Always);
        List<string> digests = [];
        foreach (string version in new[] { "1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0" })
        {
            (string tag, string digest) = await World.Images.PushAsync(await World.Images.ShopAsync(version, Name), World.Registry);
            digests.Add(digest);
            await rig.RunAsync(rig.Target.Update(await rig.RevisionAsync("shop", version, tag)));
        }

        (await ContainersAsync()).Should().BeEquivalentTo(Container("shop_1.2.0_1"), Container("shop_1.3.0_1"), Container("shop_1.4.0_1"));
        foreach ((string digest, bool isKept) in digests.Zip([false, false, true, true, true]))
        {
            ((await World.Daemon.RunAsync("image", "inspect", digest)).ExitCode == 0).Should().Be(isKept, digest);
        }

        (await World.Daemon.SucceedsAsync("image", "ls", "--format", "{{.Tag}}", $"{World.Registry.Address}/{Name}")).Should().NotContain("1.0.0").And.Contain("1.4.0");
    }

    [Test]
    public async Task Update_ImageThatAnotherApplicationUses_Stays()
    {
        (string tag, string digest) = await World.Images.PushAsync(await World.Images.ShopAsync("1.0.0", Name), World.Registry);
        await World.Daemon.SucceedsAsync("create", "--name", Name + "-other", tag);
        try
        {
            Rig rig = Publishing(Support.FreePort.Next(), docker =>
            {
                docker.Pull = ImagePull.Always;
                docker.KeptRevisions = 0;
            });
            await rig.RunAsync(rig.Target.Update(await rig.RevisionAsync("shop", "1.0.0", tag)));
            (string next, _) = await World.Images.PushAsync(await World.Images.ShopAsync("1.1.0", Name), World.Registry);
            await rig.RunAsync(rig.Target.Update(await rig.RevisionAsync("shop", "1.1.0", next)));
            (await ContainersAsync()).Should().Equal(Container("shop_1.1.0_1"));
            (await World.Daemon.RunAsync("image", "inspect", digest)).ExitCode.Should().Be(0);
            (await World.Daemon.RunAsync("inspect", Name + "-other")).ExitCode.Should().Be(0);
        }
        finally
        {
            await World.Daemon.SucceedsAsync("rm", Name + "-other");
        }
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

    private async Task<string[]> ContainersAsync() =>
        (await World.Daemon.SucceedsAsync("ps", "--all", "--format", "{{.Names}}", "--filter", $"label=deployment.target={Name}")).Split('\n');
}
