using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Tests.Targets;

public sealed class ImageTests : DockerTest
{
    [Test]
    public async Task Pin_TagOfARegistry_BecomesADigestThatStaysWhenTheTagMoves()
    {
        (string tag, _) = await World.Images.PushAsync(await World.Images.ShopAsync("1.0.0", Name), World.Registry);
        Rig rig = Routed(new FakeRouter(), docker => docker.Pull = ImagePull.Always);
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", tag);
        string moved = await World.Images.ShopAsync("6.6.6", Name);
        await World.Daemon.SucceedsAsync("tag", moved, tag);
        await World.Daemon.SucceedsAsync("push", tag);

        await rig.RunAsync(rig.Target.Install(revision));

        (await GetAsync((await rig.SeeAsync()).Revisions[0].Addresses[0])).Should().Be("1.0.0");
        (await rig.RevisionAsync("shop", "1.0.1", tag)).Release.Artifact.Sha256.Should().NotBe(revision.Release.Artifact.Sha256);
        (await rig.Target.PinAsync(revision.Release.Artifact, CancellationToken.None)).Should().Be(revision.Release.Artifact);
    }

    [Test]
    public async Task Install_ImageThatWasRemovedSincePlanning_IsFetchedByItsDigest()
    {
        (string tag, string digest) = await World.Images.PushAsync(await World.Images.ShopAsync("1.0.0", Name), World.Registry);
        Rig rig = Routed(new FakeRouter(), docker => docker.Pull = ImagePull.Always);
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", tag);
        await World.Daemon.RunAsync("image", "rm", "--force", tag, digest);
        await rig.RunAsync(rig.Target.Install(revision));
        (await InspectAsync("{{.Config.Image}}", Container("shop_1.0.0_1"))).Should().Be(digest);
    }

    [Test]
    public async Task Pin_ImageThatIsNowhere_IsTold()
    {
        Rig never = Routed(new FakeRouter());
        await never.Awaiting(it => it.Target.PinAsync(Artifact.Image("nowhere:1"), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*has no image nowhere:1*Never*");
        Rig always = Routed(new FakeRouter(), docker => docker.Pull = ImagePull.Always);
        await always.Awaiting(it => it.Target.PinAsync(Artifact.Image($"{World.Registry.Address}/nowhere:1"), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*registry has no such image*");
        await always.Awaiting(it => it.Target.PinAsync(Artifact.Image($"{World.Registry.Address}/nowhere@sha256:{new string('0', 64)}"), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*registry has no such image*");
    }

    [Test]
    public async Task Pin_TwoDigests_IsRefused()
    {
        Rig rig = Routed(new FakeRouter());
        Artifact artifact = Artifact.Image($"shop@sha256:{new string('0', 64)}") with { Sha256 = new string('1', 64) };
        await rig.Awaiting(it => it.Target.PinAsync(artifact, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*another one*");
    }

    [Test]
    public async Task Pin_WrongCredentials_AreToldAndRightOnesWork()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(withPassword: true);
        string right = await registry.LoginFolderAsync();
        (string tag, _) = await World.Images.PushAsync(await World.Images.ShopAsync("1.0.0", Name), registry, right);
        string wrong = await registry.LoginFolderAsync(password: "guess");
        foreach (string? folder in new[] { null, wrong })
        {
            Rig refused = Routed(new FakeRouter(), docker => SetHost(docker, folder));
            (await refused.Awaiting(it => it.Target.PinAsync(Artifact.Image(tag), CancellationToken.None)).Should().ThrowAsync<DeploymentException>())
                .Which.Message.Should().Contain("docker login").And.NotContain("guess");
        }

        Rig allowed = Routed(new FakeRouter(), docker => SetHost(docker, right));
        (await allowed.Target.PinAsync(Artifact.Image(tag), CancellationToken.None)).Sha256.Should().HaveLength(64);
    }

    [Test]
    public async Task Pin_RegistryThatDiesInTheMiddle_IsToldAndLeavesNothingHalf()
    {
        (string tag, _) = await World.Images.PushAsync(await World.Images.BigAsync("1.0.0", 30_000_000, Name), World.Registry);
        await using var proxy = new DyingProxy(World.Registry.Port, 5_000_000);
        await World.Daemon.RunAsync("image", "rm", "--force", tag);
        string through = tag.Replace(World.Registry.Address, $"127.0.0.1:{proxy.Port}", StringComparison.Ordinal);
        await using DockerDaemon daemon = await DockerDaemon.StartAsync();
        Rig rig = Routed(new FakeRouter(), docker =>
        {
            docker.Pull = ImagePull.Always;
            docker.Hosts.Clear();
            docker.Hosts.Add(DockerHost.At(daemon.DockerHost));
        });
        await rig.Awaiting(it => it.Target.PinAsync(Artifact.Image(through), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*could not have the image from its registry, or not whole*");
        (await daemon.SucceedsAsync("image", "ls", "--quiet")).Should().BeEmpty();
    }

    [Test]
    public async Task Pin_FullDisk_IsTold()
    {
        (string tag, _) = await World.Images.PushAsync(await World.Images.BigAsync("1.0.0", 30_000_000, Name), World.Registry);
        await using DockerDaemon daemon = await DockerDaemon.StartAsync(new DockerDaemonOptions { DiskSize = 30 });
        Rig rig = Routed(new FakeRouter(), docker =>
        {
            docker.Pull = ImagePull.Always;
            docker.Hosts.Clear();
            docker.Hosts.Add(DockerHost.At(daemon.DockerHost));
        });
        await rig.Awaiting(it => it.Target.PinAsync(Artifact.Image(tag), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*disk of*is full*");
    }

    [Test]
    public async Task Pin_PullThatStalls_IsEndedInTime()
    {
        Rig rig = Routed(new FakeRouter(), docker =>
        {
            docker.Pull = ImagePull.Always;
            docker.PullTimeout = TimeSpan.FromSeconds(1);
        });
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        int port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        await rig.Awaiting(it => it.Target.PinAsync(Artifact.Image($"127.0.0.1:{port}/shop:1"), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*time-out of 1 s*");
    }

    private void SetHost(DockerTargetOptions docker, string? folder)
    {
        docker.Pull = ImagePull.Always;
        docker.Hosts.Clear();
        docker.Hosts.Add(Host with { ConfigFolder = folder });
    }
}
