using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Instances;

/// <summary>One name can't be behind the provider's own router and behind another.</summary>
public sealed class TwoRoutersTests : InstancesFixture
{
    [Test]
    public async Task Behind_NameOfATargetWithARouterOfItsOwn_IsAProblemAndRefused()
    {
        await InstallAndRouteAsync(1);
        Shop = Behind(1, Target.Name);

        (await Shop.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().Contain($"router of its own on port {Port}");
        await FluentActions.Awaiting(() => DoAsync(Shop.Install(App(2)))).Should().ThrowAsync<DeploymentException>().WithMessage("*behind another router*another name*");
    }

    [Test]
    public async Task Behind_NameOfATargetThatWasOnlyInstalled_IsAProblemAndRefused()
    {
        await RunAsync(Target.Install(App(1)));
        Shop = Behind(1, Target.Name);

        (await Shop.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().Contain("another name");
        await FluentActions.Awaiting(() => DoAsync(Shop.Install(App(2)))).Should().ThrowAsync<DeploymentException>().WithMessage("*behind another router*");
    }

    [Test]
    public async Task Listening_NameOfATargetBehindAnotherRouter_IsAProblemAndRefused()
    {
        await ServeAsync(1);
        LocalTarget target = Listening(options => options.Name = "shop");

        (await target.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().Contain("behind a router of another kind");
        await FluentActions.Awaiting(() => RunAsync(target.Install(App(2)), target: target)).Should().ThrowAsync<DeploymentException>().WithMessage("*behind another router*");
        (await AskAsync((await PortsAsync(1))[0])).Should().Be("v1");
    }
}
