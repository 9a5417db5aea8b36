using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Targets;

public sealed class SlotTests : DockerTest
{
    [Test]
    public async Task Replace_OneOfTwo_LeavesTheRouterBeforeItEnds()
    {
        var router = new FakeRouter();
        Rig rig = Routed(router, docker => docker.Instances = 2);
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"));
        await rig.RunAsync(rig.Target.Replace(["1", "2"], old));
        await rig.RunAsync(rig.Target.Replace(["1"], next));
        router.Applied.Select(table => table.Slots.ToString()).Should().Equal("1=shop_1.0.0_1,2=shop_1.0.0_1", "2=shop_1.0.0_1", "1=shop_1.1.0_1,2=shop_1.0.0_1");
        (await rig.SeeAsync()).Slots.ToString().Should().Be("1=shop_1.1.0_1,2=shop_1.0.0_1");
        await rig.RunAsync(rig.Target.Vacate(["2"]));
        Observation seen = await rig.SeeAsync();
        seen.Slots.ToString().Should().Be("1=shop_1.1.0_1");
        seen.Revisions.Should().ContainSingle().Which.Id.Should().Be(next.Id);
        await rig.RunAsync(rig.Target.Replace(["2"], old));
        (await rig.SeeAsync()).Slots.ToString().Should().Be("1=shop_1.1.0_1,2=shop_1.0.0_1");
    }

    [Test]
    public async Task Replace_AllAtOnce_StartsTheNewBeforeTheOldEnds()
    {
        var router = new FakeRouter();
        Rig rig = Routed(router);
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"));
        await rig.RunAsync(rig.Target.Replace(["1"], old));
        await rig.RunAsync(rig.Target.Replace(["1"], next));
        router.Applied.Select(table => table.Slots.ToString()).Should().Equal("1=shop_1.0.0_1", "1=shop_1.1.0_1");
    }

    [Test]
    public async Task Update_BehindARouter_NeverRoutesNothing()
    {
        var router = new FakeRouter();
        Rig rig = Routed(router, docker => docker.Instances = 2);
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"));
        await rig.RunAsync(rig.Target.Update(old));
        await rig.RunAsync(rig.Target.Update(next));
        router.Applied.Should().HaveCount(2).And.OnlyContain(table => table.Revisions.Count == 1);
        (await rig.SeeAsync()).Revisions.Should().ContainSingle().Which.Id.Should().Be(next.Id);
        await rig.RunAsync(rig.Target.Clear(next.Id));
        router.State.Table.Revisions.Should().BeEmpty();
        (await World.Daemon.SucceedsAsync("ps", "--all", "--quiet", "--filter", $"label=deployment.target={Name}")).Should().BeEmpty();
    }

    [Test]
    public async Task Update_PublishedPort_AnswersWithTheNewOneAndGoesBack()
    {
        int port = FreePort.Next();
        Rig rig = Publishing(port);
        Revision old = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        Revision next = await rig.RevisionAsync("shop", "1.1.0", await World.Images.ShopAsync("1.1.0"));
        var address = new Uri($"http://127.0.0.1:{port}/");
        await rig.RunAsync(rig.Target.Update(old));
        (await GetAsync(address)).Should().Be("1.0.0");
        await rig.RunAsync(rig.Target.Update(next));
        (await GetAsync(address)).Should().Be("1.1.0");
        string id = await InspectAsync("{{.Id}}", Container("shop_1.0.0_1"));
        await rig.RunAsync(rig.Target.Update(old));
        (await GetAsync(address)).Should().Be("1.0.0");
        (await InspectAsync("{{.Id}}", Container("shop_1.0.0_1"))).Should().Be(id, "what was kept is started again");
        (await rig.SeeAsync()).Traffic.ShareOf(old.Id).Should().Be(100);
    }

    [Test]
    public async Task Workers_UpdateAndSlots_RunOneRevisionInASlotAtATime()
    {
        Rig rig = Workers(docker => docker.Instances = 2);
        Revision old = await rig.RevisionAsync("jobs", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSetting("WORKER", "/work.txt"));
        Revision next = await rig.RevisionAsync("jobs", "1.1.0", await World.Images.ShopAsync("1.1.0"), release => release.WithSetting("WORKER", "/work.txt"));
        await rig.RunAsync(rig.Target.Update(old));
        (await rig.SeeAsync()).Slots.ToString().Should().Be("1=jobs_1.0.0_1,2=jobs_1.0.0_1");
        await rig.RunAsync(rig.Target.Replace(["1"], next));
        (await rig.SeeAsync()).Slots.ToString().Should().Be("1=jobs_1.1.0_1,2=jobs_1.0.0_1");
        (await InspectAsync("{{.State.Status}}", Container("jobs_1.0.0_1", "1"))).Should().Be("exited");
        (await InspectAsync("{{json .HostConfig.PortBindings}}", Container("jobs_1.1.0_1", "1"))).Should().Be("{}");
    }

    [Test]
    public async Task Workers_OneThatEndsAtOnce_IsTold()
    {
        Rig rig = Workers();
        Revision revision = await rig.RevisionAsync("jobs", "1.0.0", await World.Images.ExitsAtOnceAsync("1.0.0"));
        (await rig.Awaiting(it => it.RunAsync(it.Target.Update(revision))).Should().ThrowAsync<DeploymentException>()).WithMessage("*exit code 3*");
    }
}
