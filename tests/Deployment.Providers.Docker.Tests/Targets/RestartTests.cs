using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>A daemon that is restarted, as with its host, while nothing is deployed and in the middle.</summary>
public sealed class RestartTests : DockerTest
{
    [Test]
    public async Task Host_RestartedAfterASwitch_BringsBackWhatHasTrafficAlone()
    {
        await using DockerDaemon daemon = await DockerDaemon.StartAsync();
        TestImages images = await TestImages.CreateAsync(daemon);
        Rig rig = On(daemon);
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await images.ShopAsync("1.1.0"));
        await rig.RunAsync(rig.Target.Install(old));
        await RouteAsync(rig, old);
        await rig.RunAsync(rig.Target.Install(next));
        await RouteAsync(rig, next);
        Uri address = (await rig.SeeAsync()).Revisions.Single(revision => revision.Id == next.Id).Addresses[0];

        await daemon.RestartAsync();

        await Until.TrueAsync(async () => await TryAsync(address) == "1.1.0", "the live revision answers on the port that the router knows");
        Observation seen = await rig.SeeAsync();
        seen.Revisions.Should().ContainSingle().Which.Id.Should().Be(next.Id);
        // Going back brings the drained one at once: its container is still there.
        await rig.RunAsync(rig.Target.Install(old));
        (await rig.SeeAsync()).Revisions.Should().HaveCount(2);
    }

    [Test]
    public async Task Install_DaemonRestartedInTheMiddle_WaitsAndGoesOn()
    {
        await using DockerDaemon daemon = await DockerDaemon.StartAsync(new DockerDaemonOptions { LiveRestore = true });
        TestImages images = await TestImages.CreateAsync(daemon);
        Rig rig = On(daemon, docker => docker.Instances = 4);
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await images.ShopAsync("1.0.0"), release => release.WithSetting("START_DELAY_MS", "1500"));
        Task install = rig.RunAsync(rig.Target.Install(revision));
        await Until.TrueAsync(async () => (await daemon.SucceedsAsync("ps", "--quiet")).Length > 0 || install.IsCompleted, "a container was started");
        install.IsCompleted.Should().BeFalse();

        await daemon.RestartAsync();

        await install;
        (await rig.SeeAsync()).Revisions.Should().ContainSingle().Which.Instances.Should().Be(4);
    }

    private Rig On(DockerDaemon daemon, Action<DockerTargetOptions>? configure = null) => Routed(new FakeRouter(), docker =>
    {
        docker.Hosts.Clear();
        docker.Hosts.Add(DockerHost.At(daemon.DockerHost));
        configure?.Invoke(docker);
    });

    private static async Task RouteAsync(Rig rig, Revision revision) =>
        await rig.RunAsync(rig.Target.Capability<ISplitTraffic>(await rig.SeeAsync())!.Route(TrafficSplit.AllTo(revision.Id)));

    private static async Task<string?> TryAsync(Uri address)
    {
        try
        {
            return await GetAsync(address);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
