using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Targets;

public sealed class InstallTests : DockerTest
{
    [Test]
    public async Task Install_SeveralInstances_StandSideBySideAndAnswer()
    {
        Rig rig = Routed(new FakeRouter(), docker => docker.Instances = 2);
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"));
        await rig.RunAsync(rig.Target.Install(old));
        await rig.RunAsync(rig.Target.Install(next));
        Observation seen = await rig.SeeAsync();
        seen.Revisions.Select(revision => $"{revision.Id} {revision.Instances}").Should().Equal("shop_1.0.0_1 2", "shop_1.1.0_1 2");
        seen.Traffic.IsEmpty.Should().BeTrue();
        foreach (ObservedRevision revision in seen.Revisions)
        {
            foreach (Uri address in revision.Addresses)
            {
                (await GetAsync(address)).Should().Be(revision.Id.Version);
            }
        }

        await rig.RunAsync(rig.Target.Install(old));
        (await rig.SeeAsync()).Revisions[0].Addresses.Should().Equal(seen.Revisions[0].Addresses);
    }

    [Test]
    public async Task Install_ContainerThatExitsAtOnce_IsToldWithTheEndOfItsLog()
    {
        Rig rig = Routed(new FakeRouter());
        rig.Secrets["TOKEN"] = "line 499 of many";
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ExitsAtOnceAsync("1.0.0"), release => release.WithSecret("TOKEN", "TOKEN"));
        var watch = Stopwatch.StartNew();
        DeploymentException error = (await rig.Awaiting(it => it.RunAsync(it.Target.Install(revision))).Should().ThrowAsync<DeploymentException>()).Which;
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
        error.Message.Should().Contain("exit code 3").And.Contain("line 500 of many").And.Contain("line 451 of many").And.NotContain("line 450 of many").And.Contain("[secret]").And.NotContain("line 499 of many");
        await rig.RunAsync(rig.Target.Remove(revision.Id));
        (await rig.SeeAsync()).Revisions.Should().BeEmpty();
    }

    [Test]
    public async Task Install_ContainerThatNeverBecomesHealthy_IsToldInTime()
    {
        Rig rig = Routed(new FakeRouter(), docker => docker.StartTimeout = TimeSpan.FromSeconds(2));
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.NeverHealthyAsync("1.0.0"));
        (await rig.Awaiting(it => it.RunAsync(it.Target.Install(revision))).Should().ThrowAsync<DeploymentException>())
            .Which.Message.Should().Contain("was not ready within 2 s").And.Contain("health check says").And.Contain("Its last output");
    }

    [Test]
    public async Task Install_ImagesOwnCheck_IsWaitedFor()
    {
        Rig rig = Routed(new FakeRouter());
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.WithHealthcheckAsync("1.0.0"), release => release.WithSetting("START_DELAY_MS", "700"));
        await rig.RunAsync(rig.Target.Install(revision));
        (await InspectAsync("{{.State.Health.Status}}", Container("shop_1.0.0_1"))).Should().Be("healthy");
    }

    [Test]
    public async Task Install_HealthPathThatSays503_IsNotReady()
    {
        Rig rig = Routed(new FakeRouter(), docker =>
        {
            docker.HealthPath = "/health";
            docker.StartTimeout = TimeSpan.FromSeconds(1);
        });
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSetting("UNHEALTHY", "1"));
        (await rig.Awaiting(it => it.RunAsync(it.Target.Install(revision))).Should().ThrowAsync<DeploymentException>()).WithMessage("*didn't answer GET /health*");
    }

    [Test]
    public async Task Install_PortsThatOthersHave_ArePassedOver()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        Rig rig = Routed(new FakeRouter(), docker =>
        {
            docker.FirstPort = port;
            docker.LastPort = Math.Min(65535, port + 50);
        });
        await rig.RunAsync(rig.Target.Install(await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"))));
        (await rig.SeeAsync()).Revisions[0].Addresses[0].Port.Should().BeGreaterThan(port);
    }

    [Test]
    public async Task Install_NameThatAnotherContainerHas_IsToldAndThatStays()
    {
        Rig rig = Routed(new FakeRouter());
        string image = await World.Images.ShopAsync("1.0.0");
        await World.Daemon.SucceedsAsync("create", "--name", Container("shop_1.0.0_1"), image);
        try
        {
            Revision revision = await rig.RevisionAsync("shop", "1.0.0", image);
            (await rig.Awaiting(it => it.RunAsync(it.Target.Install(revision))).Should().ThrowAsync<DeploymentException>()).WithMessage("*A container of that name*Remove or rename it*");
            (await InspectAsync("{{.State.Status}}", Container("shop_1.0.0_1"))).Should().Be("created");
        }
        finally
        {
            await World.Daemon.SucceedsAsync("rm", Container("shop_1.0.0_1"));
        }
    }

    [Test]
    public async Task Install_OtherLimitsThanBefore_MakesTheContainerAnew()
    {
        Rig rig = Routed(new FakeRouter());
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await rig.RunAsync(rig.Target.Install(revision));
        await rig.RunAsync(rig.Target.Remove(revision.Id));
        Rig limited = Routed(new FakeRouter(), docker => docker.MemoryLimit = 64 << 20);
        await limited.RunAsync(limited.Target.Install(revision));
        (await InspectAsync("{{.HostConfig.Memory}}", Container("shop_1.0.0_1"))).Should().Be("67108864");
    }

    [Test]
    public async Task Install_RunningContainerUnderOtherOptions_IsLeftAlone()
    {
        Rig rig = Routed(new FakeRouter());
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await rig.RunAsync(rig.Target.Install(revision));
        string id = await InspectAsync("{{.Id}} {{.State.StartedAt}}", Container("shop_1.0.0_1"));
        Rig limited = Routed(new FakeRouter(), docker => docker.MemoryLimit = 64 << 20);
        await limited.RunAsync(limited.Target.Install(revision));
        (await InspectAsync("{{.Id}} {{.State.StartedAt}}", Container("shop_1.0.0_1"))).Should().Be(id, "users may be served by it");
    }

    [Test]
    public async Task Install_AnotherApplicationsTargetOfThatName_IsRefused()
    {
        Rig rig = Routed(new FakeRouter());
        string image = await World.Images.ShopAsync("1.0.0");
        await rig.RunAsync(rig.Target.Install(await rig.RevisionAsync("shop", "1.0.0", image)));
        Revision other = await rig.RevisionAsync("api", "1.0.0", image);
        (await rig.Awaiting(it => it.RunAsync(it.Target.Install(other))).Should().ThrowAsync<DeploymentException>()).WithMessage("*has containers of shop*Nothing was changed.");
        (await rig.Awaiting(it => it.RunAsync(it.Target.Clear(other.Id))).Should().ThrowAsync<DeploymentException>()).WithMessage("*has containers of shop*");
        (await rig.SeeAsync()).Revisions.Should().ContainSingle();
    }

    [Test]
    public async Task Remove_RevisionWithTraffic_IsRefused()
    {
        Rig rig = Routed(new FakeRouter());
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await rig.RunAsync(rig.Target.Install(revision));
        await rig.RunAsync(rig.Target.Capability<ISplitTraffic>(await rig.SeeAsync())!.Route(TrafficSplit.AllTo(revision.Id)));
        (await rig.Awaiting(it => it.RunAsync(it.Target.Remove(revision.Id))).Should().ThrowAsync<DeploymentException>()).WithMessage("*it has traffic*");
        (await InspectAsync("{{.State.Status}}", Container("shop_1.0.0_1"))).Should().Be("running");
    }

    [Test]
    public async Task Install_RouterThatFollowsANewerRun_IsRefused()
    {
        var router = new FakeRouter { State = new RouterState { Epochs = new Dictionary<string, long> { ["shop"] = 7 } } };
        Rig rig = Routed(router);
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        (await rig.Awaiting(it => it.RunAsync(it.Target.Install(revision))).Should().ThrowAsync<DeploymentException>()).WithMessage("*epoch 7*another process has taken over*");
        (await World.Daemon.SucceedsAsync("ps", "--all", "--quiet", "--filter", $"label=deployment.target={Name}")).Should().BeEmpty();
    }

    [TestCase("../X")]
    [TestCase("A B")]
    public async Task Install_SecretVariableThatIsNoFileName_IsRefused(string variable)
    {
        Rig rig = Routed(new FakeRouter());
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSecret(variable, "SHOP_DB"));
        rig.Invoking(it => it.Target.Install(revision)).Should().Throw<DeploymentException>().WithMessage("*can't be a file's name*");
    }

    [Test]
    public async Task Route_WhileTheRouterSwitches_BothComeBackByThemselves()
    {
        var router = new FakeRouter();
        Rig rig = Routed(router);
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"));
        await rig.RunAsync(rig.Target.Install(old));
        await rig.RunAsync(rig.Target.Install(next));
        ISplitTraffic traffic = rig.Target.Capability<ISplitTraffic>(await rig.SeeAsync())!;
        await rig.RunAsync(traffic.Route(TrafficSplit.AllTo(old.Id)));
        List<string> seen = [];
        router.Applying = async _ =>
        {
            seen.Add(await InspectAsync("{{.HostConfig.RestartPolicy.Name}}", Container("shop_1.0.0_1")));
            seen.Add(await InspectAsync("{{.HostConfig.RestartPolicy.Name}}", Container("shop_1.1.0_1")));
        };
        await rig.RunAsync(traffic.Route(TrafficSplit.AllTo(next.Id)));
        seen.Should().Equal("unless-stopped", "unless-stopped");
    }

    [Test]
    public async Task Install_OlderEpoch_IsRefused()
    {
        Rig rig = Routed(new FakeRouter());
        rig.Epoch = 5;
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await rig.RunAsync(rig.Target.Install(revision));
        (await rig.SeeAsync()).Epochs["shop"].Should().Be(5);
        rig.Epoch = 4;
        (await rig.Awaiting(it => it.RunAsync(it.Target.Remove(revision.Id))).Should().ThrowAsync<DeploymentException>()).WithMessage("*another process has taken over*");
        (await rig.SeeAsync()).Revisions.Should().ContainSingle();
    }

    [Test]
    public async Task Route_AfterAWhile_KeepsRunningWhatHasTraffic()
    {
        var router = new FakeRouter();
        Rig rig = Routed(router);
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"));
        await rig.RunAsync(rig.Target.Install(old));
        await rig.RunAsync(rig.Target.Capability<ISplitTraffic>(await rig.SeeAsync())!.Route(TrafficSplit.AllTo(old.Id)));
        await rig.RunAsync(rig.Target.Install(next));
        await rig.RunAsync(rig.Target.Capability<ISplitTraffic>(await rig.SeeAsync())!.Route(TrafficSplit.AllTo(next.Id)));
        (await InspectAsync("{{.HostConfig.RestartPolicy.Name}}", Container("shop_1.0.0_1"))).Should().Be("no");
        (await InspectAsync("{{.HostConfig.RestartPolicy.Name}}", Container("shop_1.1.0_1"))).Should().Be("unless-stopped");
        router.State.Table.Revisions.Should().ContainSingle().Which.Revision.Should().Be(next.Id);
    }
}
