using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Tests.Real;

/// <summary>The machine loses its power: HAProxy ends with all servers, and comes back before them, from its files alone.</summary>
[Category("HAProxy")]
public sealed class RebootTests
{
    private World _world = null!;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync(options => options.HealthInterval = TimeSpan.FromMilliseconds(100));

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [TestCase(false)]
    [TestCase(true)]
    public async Task Reboot_CanaryBesideADrainedRevision_AllIsAsItWas(bool inMaintenance)
    {
        Instance[] drained = await _world.RunAsync("0.9.0");
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        Instance[] fresh = await _world.RunAsync("1.1.0");
        RoutedRevision[] table = [World.Routed("1.0.0", 70, old), World.Routed("1.1.0", 30, fresh)];
        await _world.ApplyAsync(World.Routed("0.9.0", 100, drained));
        await _world.ApplyAsync(table);
        if (inMaintenance)
        {
            await _world.Router.MaintainAsync(new MaintenancePage("later"), _world.Context(), CancellationToken.None);
        }

        await _world.Proxy.CrashAsync();
        foreach (Instance instance in new[] { drained, old, fresh }.SelectMany(instances => instances))
        {
            await instance.DisposeAsync();
        }

        await _world.Proxy.StartAsync();
        await StandsAsync("DOWN", 3);
        await ExpectAsync(inMaintenance, "No instance answers.");
        Instance[] again = await _world.AgainAsync(drained);
        await _world.AgainAsync([.. old, .. fresh]);
        await StandsAsync("UP", 3);

        RouterState state = await _world.ReadAsync();
        state.Table.Should().Be(new RoutingTable(table));
        state.InMaintenance.Should().Be(inMaintenance);
        state.Problems.Should().BeEmpty();
        if (inMaintenance)
        {
            await ExpectAsync(true, "");
            await _world.Router.MaintainAsync(null, _world.Context(), CancellationToken.None);
        }

        await _world.ExpectShareAsync("1.1.0", 0.30);
        again[0].Requests.Should().Be(0, "it had lost its share");
    }

    // How HAProxy's health checks find the servers that aren't in maintenance.
    private Task StandsAsync(string status, int servers) => Until.TrueAsync(
        async () => (await _world.Proxy.AskAsync("show stat -1 4 -1")).Split('\n').Count(line => line.StartsWith("shop-", StringComparison.Ordinal) && line.Split(',')[17].StartsWith(status, StringComparison.Ordinal)) == servers,
        $"{servers} servers are {status}");

    private async Task ExpectAsync(bool inMaintenance, string otherwise)
    {
        using HttpResponseMessage answer = await _world.AskAsync();
        ((int)answer.StatusCode).Should().Be(503);
        (await answer.Content.ReadAsStringAsync()).Should().Be(inMaintenance ? "later" : otherwise);
    }
}
