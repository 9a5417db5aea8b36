using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;
using Deployment.Tests;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Copies that a deployment asks for by the verb <c>mirror</c>.</summary>
public sealed class ShadowTests : LocalFixture
{
    private readonly HttpClient _direct = new();

    [OneTimeTearDown]
    public void DisposeClient() => _direct.Dispose();

    [Test]
    public async Task Mirror_SafeRequests_AreComparedAndUsersStayWhereTheyAre()
    {
        await MirroringAsync(new TrafficMirror(Id(2), 100));
        using RawClient client = await RawClient.ConnectAsync(Port);
        for (int request = 0; request < 10; request++)
        {
            (await client.GetAsync("/same")).Body.Should().Be("the same");
            (await client.GetAsync("/assets/v1")).Status.Should().Be(200);
            (await client.PostAsync("/echo", "x")).Body.Should().Be("v1:x");
        }

        await UntilAsync(async () => await ComparedAsync() is { Sent: 20, UnderWay: 0, Compared: 20, OtherStatus: 10, Failed: 0, Skipped: 0 }, "GETs are compared and no POST is copied");
        MirrorComparison seen = (await ComparedAsync())!;
        seen.Differences.Should().BeEquivalentTo(new Dictionary<string, long> { ["200 -> 404"] = 10 });
        (seen.UserLatency, seen.CopyLatency).Should().Match<(TimeSpan User, TimeSpan Copy)>(latency => latency.User > TimeSpan.Zero && latency.Copy > TimeSpan.Zero);
        (await CopiesAsync()).Should().Be("20");
        Observation observed = await ObserveAsync();
        (observed.Traffic, observed.Mirror).Should().Be((TrafficSplit.AllTo(Id(1)), new TrafficMirror(Id(2), 100)));
        (await Host.CountersAsync(Port, CancellationToken.None)).Where(entry => entry.Key == Id(2)).Should().OnlyContain(entry => entry.Value.Requests == 0, "copies are not users");
    }

    [TestCase("/slow-known?ms=100")]
    [TestCase("/slow-nothing?ms=100")]
    [TestCase("/slow?ms=100")]
    public async Task Mirror_SlowAnswers_UsersTimeIsTheirs(string path)
    {
        await MirroringAsync(new TrafficMirror(Id(2), 100));
        using RawClient client = await RawClient.ConnectAsync(Port);

        for (int request = 0; request < 3; request++)
        {
            (await client.GetAsync(path)).Status.Should().BeInRange(200, 204);
        }

        await UntilAsync(async () => await ComparedAsync() is { Compared: 3 }, "they are compared");
        MirrorComparison seen = (await ComparedAsync())!;
        seen.UserLatency.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(90), "also where the whole answer is sent at once");
        seen.CopyLatency.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(90));
    }

    [Test]
    public async Task Mirror_Again_CountsOn_AndEndsMoreThanOnce()
    {
        await MirroringAsync(new TrafficMirror(Id(2), 50));
        using RawClient client = await RawClient.ConnectAsync(Port);
        await AskAsync(client, 20);
        await UntilAsync(async () => await ComparedAsync() is { Compared: 10, UnderWay: 0 }, "half of them are copied");

        await RunAsync(Target.Mirror(new TrafficMirror(Id(2), 50)), epoch: 2);
        (await ComparedAsync())!.Compared.Should().Be(10, "the same again changes nothing");

        await FluentActions.Awaiting(() => RunAsync(Target.Mirror(null), epoch: 1)).Should().ThrowAsync<DeploymentException>("another run has taken over");
        await RunAsync(Target.Mirror(null), epoch: 2);
        await RunAsync(Target.Mirror(null), epoch: 2);
        await AskAsync(client, 20);
        (await ComparedAsync()).Should().BeNull();
        (await CopiesAsync()).Should().Be("10");
        (await ObserveAsync()).Mirror.Should().BeNull();
    }

    [Test]
    public async Task Mirror_EndsWhereTheRevisionGetsUsersOrGoes_AndIsRefusedThere()
    {
        await RunAsync(Target.Mirror(null));
        await MirroringAsync(new TrafficMirror(Id(2), 100));

        (await FluentActions.Awaiting(() => RunAsync(Target.Mirror(new TrafficMirror(Id(1), 100)))).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("takes traffic");
        (await FluentActions.Awaiting(() => RunAsync(Target.Mirror(new TrafficMirror(Id(3), 100)))).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("is not installed");
        (await ObserveAsync()).Mirror.Should().Be(new TrafficMirror(Id(2), 100), "what was refused changed nothing");

        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));
        (await ObserveAsync()).Mirror.Should().NotBeNull("a switch among others is nothing to it");
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        (await ObserveAsync()).Mirror.Should().BeNull("it has users of its own");

        await RunAsync(Target.Mirror(new TrafficMirror(Id(1), 100)));
        await RunAsync(Target.Remove(Id(1)));
        (await ObserveAsync()).Mirror.Should().BeNull("it is gone");
    }

    [Test]
    public async Task Mirror_RouterIsStartedAnew_GoesOnAndCountsAnew()
    {
        await MirroringAsync(new TrafficMirror(Id(2), 100));
        using (RawClient client = await RawClient.ConnectAsync(Port))
        {
            await AskAsync(client, 5);
        }

        await UntilAsync(async () => await ComparedAsync() is { Compared: 5 }, "they are compared");
        await Host.RenewRouterAsync(Port, CancellationToken.None);

        (await ComparedAsync()).Should().Match<MirrorComparison>(seen => seen.Sent == 0, "what the old one counted is not known any more");
        using RawClient another = await RawClient.ConnectAsync(Port);
        await AskAsync(another, 3);
        await UntilAsync(async () => await ComparedAsync() is { Compared: 3 }, "copies go on");
    }

    [Test]
    public async Task Mirror_PrintedLines_DoTheSame()
    {
        RealComponent.Require("curl");
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Install(App(2)));

        (await ByHandTests.ShellAsync(Describe(Target.Mirror(new TrafficMirror(Id(2), 30, allMethods: true))).Commands)).Code.Should().Be(0);
        (await ObserveAsync()).Mirror.Should().Be(new TrafficMirror(Id(2), 30, allMethods: true));
        (await ByHandTests.ShellAsync(Target.CompareCommands(Id(2)))).Text.Should().Contain("\"copies\":{\"revision\":\"shop_2.0.0_1\",\"sent\":0");

        (await ByHandTests.ShellAsync(Describe(Target.Mirror(null)).Commands)).Code.Should().Be(0);
        (await ObserveAsync()).Mirror.Should().BeNull();
    }

    private async Task MirroringAsync(TrafficMirror mirror)
    {
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Install(App(2)));
        await RunAsync(Target.Mirror(mirror));
    }

    private static async Task AskAsync(RawClient client, int requests)
    {
        for (int request = 0; request < requests; request++)
        {
            (await client.GetAsync("/")).Body.Should().Be("v1");
        }
    }

    private Task<MirrorComparison?> ComparedAsync() => Target.CompareAsync(Id(2), CancellationToken.None);

    private async Task<string> CopiesAsync() => await _direct.GetStringAsync(new Uri((await Target.AddressesAsync(Id(2), CancellationToken.None)).Single(), "/copies"));
}
