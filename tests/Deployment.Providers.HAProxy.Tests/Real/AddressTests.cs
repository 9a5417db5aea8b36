using Deployment.Commands;
using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Routing;
using Deployment.Targets;
using Deployment.Tests;

namespace Deployment.Providers.HAProxy.Tests.Real;

/// <summary>Instances that are somewhere else than when they were routed.</summary>
[Category("HAProxy")]
public sealed class AddressTests
{
    private World _world = null!;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync();

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Apply_SlotMovesToAnotherAddress_NoRequestFailsAndNoneIsLeftThere()
    {
        Instance[] instances = await _world.RunAsync("1.0.0", 2);
        await _world.ApplyAsync(World.Routed("1.0.0", 100, instances[0]));
        await using var load = new Load(_world.Url("ms/100"));
        await load.MoreAsync(10);

        await _world.ApplyAsync(World.Routed("1.0.0", 100, instances[1]));
        await instances[0].DisposeAsync();

        await load.MoreAsync(20);
        load.Failures.Should().BeEmpty();
        instances[1].Requests.Should().BePositive();
        RouterState state = await _world.ReadAsync();
        state.Table.Should().Be(new RoutingTable([World.Routed("1.0.0", 100, instances[1])]));
        state.Problems.Should().BeEmpty();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Route_NameHasAnotherAddressNow_IsFollowedThere(bool byHand)
    {
        Instance one = (await _world.RunAsync("1.0.0"))[0];
        var table = new RoutingTable([new RoutedRevision(World.Revision("1.0.0"), 100, [new RoutedInstance("1", "localhost", one.Port)])]);
        await _world.Router.ApplyAsync(table, _world.Context(), CancellationToken.None);
        await PretendAsync("127.0.0.9", one.Port);
        (await _world.TextAsync()).Should().Be("503", "nobody listens at the earlier address");

        if (byHand)
        {
            RealComponent.Require("socat");
            string line = _world.Router.RouteCommands(new TrafficSplit([KeyValuePair.Create(World.Revision("1.0.0"), 100)]), [], null, _ => $"echo localhost:{one.Port}").Single();
            CommandResult routed = await new CommandRunner(TimeProvider.System).RunAsync(Command.Of("/bin/sh", "-c", line) with { Timeout = TimeSpan.FromMinutes(1) }, null, CancellationToken.None);
            routed.ExitCode.Should().Be(0, routed.Error);
        }
        else
        {
            await _world.Router.ApplyAsync(table, _world.Context(), CancellationToken.None);
        }

        (await _world.TallyAsync(20)).Keys.Should().Equal("shop_1.0.0_1");
        RouterState state = await _world.ReadAsync();
        state.Table.Should().Be(table);
        state.Problems.Should().BeEmpty();
    }

    // As if the name had had this address when it was routed.
    private async Task PretendAsync(string address, int port)
    {
        string map = Path.Combine(_world.Folder, "shop.map");
        string entry = (await _world.Proxy.AskAsync($"get map {map} 1000001")).Split("value=\"")[1].Split('"')[0];
        string earlier = entry.Replace("127.0.0.1", address, StringComparison.Ordinal);
        (await _world.Proxy.AskAsync($"set map {map} 1000001 {earlier.Replace(" ", "\\ ", StringComparison.Ordinal)}")).Trim().Should().BeEmpty();
        await _world.Proxy.AskAsync($"set server shop-1/s1 addr {address} port {port}");
        (await _world.Proxy.AskAsync("show servers state shop-1")).Should().Contain($" s1 {address} ");
    }
}
