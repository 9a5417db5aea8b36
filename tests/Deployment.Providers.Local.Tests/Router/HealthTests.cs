using System.Globalization;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class HealthTests : LocalFixture
{
    private readonly HttpClient _direct = new();

    [OneTimeTearDown]
    public void DisposeClient() => _direct.Dispose();

    [Test]
    public async Task UnwellInstance_LeavesTheRotationAndComesBack()
    {
        IReadOnlyList<Uri> instances = await TwoInstancesAsync();
        await SetAsync(instances[0], 500);
        await UntilAsync(async () => (await UnhealthyAsync()).SequenceEqual([instances[0].Port]), "it is found unwell");

        (await AskedAsync()).Should().Equal([await PidAsync(instances[1])], "the other one answers everything");

        await SetAsync(instances[0], 200);
        await UntilAsync(async () => (await UnhealthyAsync()).Count == 0, "it is found well");
        (await AskedAsync()).Should().HaveCount(2);
    }

    [Test]
    public async Task AllUnwell_AreStillTried()
    {
        IReadOnlyList<Uri> instances = await TwoInstancesAsync();
        await SetAsync(instances[0], 500);
        await SetAsync(instances[1], 500);
        await UntilAsync(async () => (await UnhealthyAsync()).Count == 2, "both are found unwell");

        (await AskedAsync()).Should().HaveCount(2);
    }

    [Test]
    public async Task Install_HealthPathThatFails_IsNotReady()
    {
        LocalTarget target = Listening(options =>
        {
            options.Health.Path = "/status/500";
            options.StartTimeout = TimeSpan.FromSeconds(3);
        });

        (await FluentActions.Awaiting(() => RunAsync(target.Install(App(1)), target: target)).Should().ThrowAsync<DeploymentException>())
            .Which.Message.Should().Contain("GET /status/500");
    }

    [Test]
    public async Task ConnectionReset_CountsAsTheRevisionsError()
    {
        await InstallAndRouteAsync(1);
        Uri instance = (await Target.AddressesAsync(Id(1), CancellationToken.None)).Single();
        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Status.Should().Be(200);

        await _direct.GetStringAsync(new Uri(instance, "/gate/closed"));
        (await client.PostAsync("/echo", "reset")).Status.Should().Be(502);
        (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)].Errors.Should().Be(1, "it was reset");
    }

    private static Task<string> PidAsync(HttpClient client, Uri instance) => client.GetStringAsync(new Uri(instance, "/pid"));

    private Task<string> PidAsync(Uri instance) => PidAsync(_direct, instance);

    private async Task SetAsync(Uri instance, int status) => await _direct.GetStringAsync(new Uri(instance, "/health/" + status.ToString(CultureInfo.InvariantCulture)));

    private async Task<IReadOnlyList<int>> UnhealthyAsync() => (await RouterClient.MetricsAsync(Folder.RouterSocket(Port), CancellationToken.None))!.Targets[Target.Name].Unhealthy;

    private async Task<IReadOnlyCollection<string>> AskedAsync()
    {
        using RawClient client = await RawClient.ConnectAsync(Port);
        var asked = new HashSet<string>();
        for (int request = 0; request < 10; request++)
        {
            asked.Add((await client.GetAsync("/pid")).Body);
        }

        return asked;
    }

    private async Task<IReadOnlyList<Uri>> TwoInstancesAsync()
    {
        LocalTarget target = Listening(options =>
        {
            options.Instances = 2;
            options.Health.Path = "/health";
            options.Health.Interval = TimeSpan.FromMilliseconds(100);
        });
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
        return await target.AddressesAsync(Id(1), CancellationToken.None);
    }
}
