using Deployment.Providers.Local.Tests.Support;
using Deployment.Providers.Local.Tests.Support.Load;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class SwitchUnderLoadTests : LocalFixture
{
    private const int Connections = 64;

    private readonly HttpClient _direct = new();

    [OneTimeTearDown]
    public void DisposeClient() => _direct.Dispose();

    [Test]
    [CancelAfter(300_000)]
    public async Task HundredSwitches_UnderLoad_NoRequestFails(CancellationToken cancellationToken)
    {
        LoadGenerator load = await SwitchAsync(Target, 100, cancellationToken);

        load.Failures.Should().BeEmpty();
        load.Connected.Should().Be(Connections, "no connection was closed");
        load.Answered.Should().BeGreaterThan(100 * 10, "the load went on through all switches");
    }

    [Test]
    [Category("Soak")]
    [CancelAfter(3_600_000)]
    public async Task ThousandSwitches_UnderLoad_NoRequestFails(CancellationToken cancellationToken)
    {
        LoadGenerator load = await SwitchAsync(Target, 1000, cancellationToken);

        load.Failures.Should().BeEmpty();
        load.Connected.Should().Be(Connections, "no connection was closed");
        load.Answered.Should().BeGreaterThan(1000 * 10, "the load went on through all switches");
    }

    // The negative control: the same load and the same check, with the wait for requests in flight turned off.
    [Test]
    [CancelAfter(300_000)]
    public async Task Switches_WithoutDrain_RequestsFail(CancellationToken cancellationToken)
    {
        LocalTarget hasty = Listening(options => options.DrainDeadline = TimeSpan.Zero);

        (await SwitchAsync(hasty, 5, cancellationToken)).Failures.Should().NotBeEmpty();
    }

    // Real processes that end and begin: fewer, because each takes its time to start.
    [Test]
    [CancelAfter(300_000)]
    public async Task SwitchesWithInstallAndRemove_UnderLoad_NoRequestFails(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        var serving = new ServingTimes();
        serving.Begin("v1");
        var load = new LoadGenerator(() => RawLoadConnection.ConnectAsync(Port), MixedLoad.Next, serving);
        await UnderLoadAsync(load, 8, async () =>
        {
            for (int version = 2; version <= 6; version++)
            {
                await RunAsync(Target.Install(App(version)));
                serving.Begin($"v{version}");
                await RunAsync(Target.Route(TrafficSplit.AllTo(Id(version))));
                serving.End($"v{version - 1}");
                await RunAsync(Target.Remove(Id(version - 1)));
            }
        }, cancellationToken);

        load.Failures.Should().BeEmpty();
        load.Connected.Should().Be(8);
    }

    private static async Task UnderLoadAsync(LoadGenerator load, int connections, Func<Task> act, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task running = load.RunAsync(connections, stop.Token);
        try
        {
            await UntilAsync(() => Task.FromResult(load.Answered + load.Failures.Count > connections), "the load has begun");
            await act();
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    // Two revisions that stand and are switched between. As soon as a switch away from one has been confirmed, that one breaks off all that
    // it still does and all that comes, as its removal would, until it is about to be given traffic again.
    private async Task<LoadGenerator> SwitchAsync(LocalTarget target, int switches, CancellationToken cancellationToken)
    {
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Install(App(2)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
        Uri[] gates = [await GateAsync(1), await GateAsync(2)];
        var serving = new ServingTimes();
        serving.Begin("v1");
        var load = new LoadGenerator(() => RawLoadConnection.ConnectAsync(Port), MixedLoad.Next, serving);
        await UnderLoadAsync(load, Connections, async () =>
        {
            for (int count = 0; count < switches; count++)
            {
                int old = (count % 2) + 1;
                int fresh = 3 - old;
                await _direct.GetStringAsync(new Uri(gates[fresh - 1], "open"), cancellationToken);
                serving.Begin($"v{fresh}");
                await RunAsync(target.Route(TrafficSplit.AllTo(Id(fresh))), target: target);
                serving.End($"v{old}");
                await _direct.GetStringAsync(new Uri(gates[old - 1], "closed"), cancellationToken);
            }
        }, cancellationToken);
        return load;
    }

    private async Task<Uri> GateAsync(int version) => new((await Target.AddressesAsync(Id(version), CancellationToken.None)).Single(), "/gate/");
}
