using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Tests.Real;

[Category("HAProxy")]
public sealed class ReloadTests
{
    private World _world = null!;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync(options => options.TesterHeader = "X-Tester");

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [TestCase(true)]
    [TestCase(false)]
    public async Task Canary_ReloadOrRestart_KeepsShareServersAndTesters(bool reload)
    {
        Instance[] old = await _world.RunAsync("1.0.0", 3);
        Instance[] fresh = await _world.RunAsync("1.1.0");
        RoutedRevision[] table = [World.Routed("1.0.0", 90, old), World.Routed("1.1.0", 10, fresh)];
        await _world.ApplyAsync(table);
        await _world.ExpectShareAsync("1.1.0", 0.10);

        await (reload ? _world.Proxy.ReloadAsync() : _world.Proxy.RestartAsync());

        await _world.ExpectShareAsync("1.1.0", 0.10);
        (await _world.TextAsync("", null, ("X-Tester", "shop_1.1.0_1"))).Should().Be("shop_1.1.0_1");
        RouterState state = await _world.ReadAsync();
        state.Table.Should().Be(new RoutingTable(table));
        state.Epochs.Should().ContainKey("shop");
        state.Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Canary_ReloadsUnderLoad_NoRequestFailsAndTheCanaryGoesOn()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        await using var load = new Load(_world.Url(""));
        for (int share = 10; share <= 100; share += 30)
        {
            await _world.ApplyAsync([.. share == 100 ? Array.Empty<RoutedRevision>() : [World.Routed("1.0.0", 100 - share, old)], World.Routed("1.1.0", share, fresh)]);
            await load.MoreAsync(50);
            await _world.Proxy.ReloadAsync();
            await load.MoreAsync(50);
        }

        load.Failures.Should().BeEmpty();
        (await _world.TallyAsync(50)).Keys.Should().Equal("shop_1.1.0_1");
    }

    [Test]
    public async Task Request_OnAConnectionFromBeforeAReload_IsRoutedAsOfNow()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        // Leaves connections open that the old worker has.
        await _world.TallyAsync(40, "ms/20");
        await _world.Proxy.ReloadAsync();

        await _world.ApplyAsync(World.Routed("1.1.0", 100, fresh));
        await old[0].DisposeAsync();

        (await _world.TallyAsync(40)).Keys.Should().Equal("shop_1.1.0_1");
    }

    [Test]
    public async Task Apply_AfterAReload_WaitsForWhatTheOldWorkerMayHave()
    {
        _world.Use(_world.Another(options => (options.DrainDeadline, options.AwaitOldWorker) = (TimeSpan.FromSeconds(5), true)));
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("ms/2500");
        await Until.TrueAsync(() => old[0].Requests == 1, "the old worker has it");
        await _world.Proxy.ReloadAsync();

        await _world.ApplyAsync(World.Routed("1.1.0", 100, fresh));
        await old[0].DisposeAsync();

        (await slow).Should().Be("shop_1.0.0_1");
    }

    [Test]
    public async Task Apply_ReloadWhileItDrains_WaitsForWhatTheOldWorkerHas()
    {
        var deadline = TimeSpan.FromSeconds(8);
        _world.Use(_world.Another(options => (options.DrainDeadline, options.AwaitOldWorker) = (deadline, true)));
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("gate");
        await Until.TrueAsync(() => old[0].Gated == 1, "the request is at the gate");
        await Until.TrueAsync(async () => await _world.Proxy.UptimeAsync() > deadline, "no worker before this one is waited for");
        Task apply = _world.ApplyAsync(World.Routed("1.1.0", 100, fresh));
        await Until.TrueAsync(async () => await _world.TextAsync() == "shop_1.1.0_1", "it was switched");

        await _world.Proxy.ReloadAsync();

        await Until.TrueAsync(() => apply.IsCompleted || _world.Reports.Any(report => report.Contains("reloaded less than", StringComparison.Ordinal)), "it sees that nothing is in flight in the new worker");
        apply.IsCompleted.Should().BeFalse("the old worker has a request");
        old[0].Open();
        await apply;
        (await slow).Should().Be("shop_1.0.0_1");
    }

    [Test]
    public async Task Apply_FilesAheadAfterACrash_IsMendedByTheNextOne()
    {
        // What a deployer leaves that died after it wrote the files and before it changed HAProxy.
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Dictionary<string, string> before = Files();
        await _world.ApplyAsync(World.Routed("1.0.0", 90, old), World.Routed("1.1.0", 10, fresh));
        Dictionary<string, string> after = Files();
        await RestoreAsync(before);
        await _world.Proxy.RestartAsync();
        await RestoreAsync(after);
        RouterState broken = await _world.ReadAsync();
        broken.Problems.Should().BeEmpty("another switch mends it");
        broken.Table.Traffic.ShareOf(World.Revision("1.0.0")).Should().Be(100);

        await _world.ApplyAsync(World.Routed("1.0.0", 50, old), World.Routed("1.1.0", 50, fresh));

        await _world.ExpectShareAsync("1.1.0", 0.50, 2000);
        (await _world.ReadAsync()).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Apply_DrainCutShort_IsFinishedByTheNextOne()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("gate");
        await Until.TrueAsync(() => old[0].Gated == 1, "the request is at the gate");
        using var died = new CancellationTokenSource();
        Task apply = _world.Router.ApplyAsync(new RoutingTable([World.Routed("1.1.0", 100, fresh)]), _world.Context(), died.Token);
        await Until.TrueAsync(async () => await _world.TextAsync() == "shop_1.1.0_1", "it was switched");
        await died.CancelAsync();
        await FluentActions.Awaiting(() => apply).Should().ThrowAsync<OperationCanceledException>();
        (await _world.Proxy.AskAsync("show servers state shop-1")).Should().Contain($" {old[0].Port} ");

        await using var relay = new Relay(Path.Combine(_world.Folder, "relay.sock"), _world.Socket);
        Task again = HAProxyRouter.At("unix:" + relay.At, _world.Configure).ApplyAsync(new RoutingTable([World.Routed("1.1.0", 100, fresh)]), _world.Context(), CancellationToken.None);
        // Two looks that saw nothing there would be enough.
        await Until.TrueAsync(() => again.IsCompleted || relay.Commands.Count(command => command.StartsWith("show stat shop-1 ", StringComparison.Ordinal)) > 4, "it looks at the old lane again and again");
        again.IsCompleted.Should().BeFalse("the old request is still there");
        old[0].Open();
        await again;

        (await slow).Should().Be("shop_1.0.0_1");
        (await _world.Proxy.AskAsync($"show map {_world.Folder}/shop.map")).Should().NotContain("shop_1.0.0_1", "its lane is free");
    }

    [Test]
    public async Task Read_MapOfAnEarlierTime_SaysSo()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Dictionary<string, string> before = Files();
        await _world.ApplyAsync(World.Routed("1.1.0", 100, await _world.RunAsync("1.1.0")));

        await RestoreAsync(before);

        (await _world.ReadAsync()).Problems.Should().ContainSingle().Which.Should().Contain("after a reload");
    }

    private Dictionary<string, string> Files() => new[] { "shop.cfg", "shop.map", "shop.names" }.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(_world.Folder, name)));

    private async Task RestoreAsync(Dictionary<string, string> files)
    {
        foreach ((string name, string text) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(_world.Folder, name), text);
        }
    }
}
