using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class AssetsTests : LocalFixture
{
    [Test]
    public async Task AssetOfThePreviousRevision_IsServedWhileItStands()
    {
        LocalTarget target = Listening(options => options.AssetsPath = "/assets");
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Install(App(2)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(2))), target: target);
        using RawClient client = await RawClient.ConnectAsync(Port);

        (await client.GetAsync("/assets/v2")).Body.Should().Be("asset of v2");
        (await client.GetAsync("/assets/v1")).Body.Should().Be("asset of v1");
        RawAnswer missing = await client.GetAsync("/assets/v9");
        (missing.Status, missing.Body).Should().Be((404, "not in v2"), "what nobody has is the serving revision's to say");
        (await client.PostAsync("/assets/v1", "x")).Status.Should().Be(404, "only safe requests are asked twice");
        (await client.GetAsync("/status/404")).Status.Should().Be(404);

        await RunAsync(target.Remove(Id(1)), target: target);
        (await client.GetAsync("/assets/v1")).Status.Should().Be(404);
    }

    // The negative control: nothing is asked again unless it is wanted.
    [Test]
    public async Task WithoutTheOption_TheAnswerIs404()
    {
        await RunAsync(Target.Install(App(1)));
        await RunAsync(Target.Install(App(2)));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        using RawClient client = await RawClient.ConnectAsync(Port);

        (await client.GetAsync("/assets/v1")).Status.Should().Be(404);
    }
}
