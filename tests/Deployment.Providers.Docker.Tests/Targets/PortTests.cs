using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>The port in the container is the target's to say.</summary>
public sealed class PortTests : DockerTest
{
    [Test]
    public async Task Plan_ReleaseWithAnotherPortThanTheTarget_IsRefused()
    {
        Rig rig = Routed(new FakeRouter());
        string image = await World.Images.ShopAsync("1.0.0");
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop").UseStore(new InMemoryDeploymentStore()).DeployTo(rig.Target).UseBlueGreen().Build();
        Release release = Release.Of("shop", "1.0.0", Artifact.Image(image));
        await pipeline.Awaiting(it => it.PlanAsync(release.WithSetting("PORT", "9999"))).Should().ThrowAsync<DeploymentException>().WithMessage($"The release's setting PORT is '9999', and {Name} is to reach the application on port 8080.*ContainerPort.");
        await pipeline.Awaiting(it => it.PlanAsync(release.WithSetting("PORT", "8080"))).Should().NotThrowAsync("it says the same");
    }

    [Test]
    public async Task Install_AnotherContainerPort_IsWhatTheApplicationIsTold()
    {
        Rig rig = Routed(new FakeRouter(), docker => docker.ContainerPort = 3000);
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0", Name, "ENV PORT=4000"));
        await rig.RunAsync(rig.Target.Install(revision));
        (await GetAsync((await rig.SeeAsync()).Revisions[0].Addresses[0], "/env?name=PORT")).Should().Be("3000");
    }

    [Test]
    public async Task Install_WorkerWithAPortOfItsOwn_IsToldThat()
    {
        Rig rig = Workers();
        Revision revision = await rig.RevisionAsync("jobs", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSetting("PORT", "9999"));
        await rig.RunAsync(rig.Target.Update(revision));
        (await InspectAsync("{{json .Config.Env}}", Container("jobs_1.0.0_1"))).Should().Contain("\"PORT=9999\"");
    }
}
