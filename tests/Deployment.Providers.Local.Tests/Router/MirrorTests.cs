using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class MirrorTests : LocalFixture
{
    private readonly HttpClient _direct = new();

    [OneTimeTearDown]
    public void DisposeClient() => _direct.Dispose();

    [Test]
    public async Task Half_OfSafeRequests_IsSentToTheCandidateToo()
    {
        LocalTarget target = await MirroringAsync(50);
        using RawClient client = await RawClient.ConnectAsync(Port);
        for (int request = 0; request < 20; request++)
        {
            (await client.GetAsync("/")).Body.Should().Be("v1");
            (await client.PostAsync("/echo", "x")).Body.Should().Be("v1:x");
        }

        await UntilAsync(async () => await MetricsAsync() is { Sent: 10, OtherBody: 10 }, "half of the GETs and none of the POSTs are mirrored and their bodies differ");
        (await _direct.GetStringAsync(new Uri((await target.AddressesAsync(Id(2), CancellationToken.None)).Single(), "/copies"))).Should().Be("10");
        (await Host.CountersAsync(Port, CancellationToken.None)).Where(entry => entry.Key == Id(2)).Should().OnlyContain(entry => entry.Value.Requests == 0, "copies are not users");
    }

    [Test]
    public async Task Answers_AreComparedByStatusAndBody()
    {
        await MirroringAsync(100);
        using RawClient client = await RawClient.ConnectAsync(Port);
        await client.GetAsync("/same");
        await client.GetAsync("/same");
        await client.GetAsync("/assets/v1");
        await client.GetAsync("/pid");

        await UntilAsync(async () => await MetricsAsync() is { Sent: 4, Same: 2, OtherStatus: 1, OtherBody: 1, Failed: 0 }, "each is compared");
    }

    [Test]
    public async Task CandidateThatHangs_DelaysNobodyAndIsBounded()
    {
        await MirroringAsync(100);
        using RawClient client = await RawClient.ConnectAsync(Port);
        for (int request = 0; request < 100; request++)
        {
            long begin = TimeProvider.System.GetTimestamp();
            (await client.GetAsync("/slow-copies")).Body.Should().Be("v1");
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(9), "no user waits for a copy, of which each takes 10 s to be given up");
        }

        MirrorMetrics metrics = await MetricsAsync();
        (metrics.Sent + metrics.Skipped).Should().Be(100);
        metrics.Sent.Should().BeGreaterThanOrEqualTo(64);
        metrics.Skipped.Should().BePositive("not more are under way at once");
        await UntilAsync(async () => (await MetricsAsync()).Failed == metrics.Sent, "they are given up");
    }

    [Test]
    public async Task CandidateThatIsGone_FailsNobody()
    {
        LocalTarget target = await MirroringAsync(100);
        await _direct.GetStringAsync(new Uri((await target.AddressesAsync(Id(2), CancellationToken.None)).Single(), "/gate/closed"));
        using RawClient client = await RawClient.ConnectAsync(Port);

        (await client.GetAsync("/")).Body.Should().Be("v1");

        await UntilAsync(async () => await MetricsAsync() is { Failed: 1 }, "the copy failed alone");
    }

    private async Task<LocalTarget> MirroringAsync(int percent)
    {
        LocalTarget target = Listening(options =>
        {
            options.MirrorPercent = percent;
            options.MirrorComparesBodies = true;
        });
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
        await RunAsync(target.Install(App(2)), target: target);
        return target;
    }

    private async Task<MirrorMetrics> MetricsAsync() => (await RouterClient.MetricsAsync(Folder.RouterSocket(Port), CancellationToken.None))!.Targets[Target.Name].Mirror;
}
