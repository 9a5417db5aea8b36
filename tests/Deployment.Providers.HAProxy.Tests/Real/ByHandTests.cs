using Deployment.Analysis;
using Deployment.Commands;
using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;
using Deployment.Tests;

namespace Deployment.Providers.HAProxy.Tests.Real;

/// <summary>The lines of plans, typed into a shell.</summary>
[Category("HAProxy")]
public sealed class ByHandTests
{
    private World _world = null!;

    [SetUp]
    public async Task Start()
    {
        RealComponent.Require("socat");
        _world = await World.StartAsync(options => options.TesterHeader = "X-Tester");
    }

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Route_ThroughACanary_DoesWhatApplyDoes()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 3);
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await RouteAsync((("1.0.0", 100), old));
        await ExpectAsync(World.Routed("1.0.0", 100, old));

        await RouteAsync((("1.0.0", 90), old), (("1.1.0", 10), fresh));

        await ExpectAsync(World.Routed("1.0.0", 90, old), World.Routed("1.1.0", 10, fresh));
        await _world.ExpectShareAsync("1.1.0", 0.10);
        await _world.Proxy.ReloadAsync();
        await ExpectAsync(World.Routed("1.0.0", 90, old), World.Routed("1.1.0", 10, fresh));
        await _world.ExpectShareAsync("1.1.0", 0.10);

        await _world.ApplyAsync(World.Routed("1.0.0", 50, old), World.Routed("1.1.0", 50, fresh));
        await RouteAsync((("1.1.0", 100), fresh));
        await ExpectAsync(World.Routed("1.1.0", 100, fresh));
        (await _world.TallyAsync(30)).Keys.Should().Equal("shop_1.1.0_1");
        (await _world.Proxy.AskAsync("show servers state shop-1")).Should().NotContain(" 0 0 1 1 ", "what lost its place is in maintenance");
    }

    [Test]
    public async Task Route_UnderLoadSlotBySlot_NoRequestFails()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        Instance[] fresh = await _world.RunAsync("1.1.0", 2);
        Instance[] stray = await _world.RunAsync("0.9.0");
        await RouteAsync((("1.0.0", 100), old));
        await _world.Proxy.AskAsync($"set server shop-2/s5 addr 127.0.0.1 port {stray[0].Port}; set server shop-2/s5 state ready");
        await using var load = new Load(_world.Url("ms/100"));
        await load.MoreAsync(10);

        await RouteAsync((("1.0.0", 50), [old[1]]), (("1.1.0", 50), [fresh[0]]));
        await old[0].DisposeAsync();
        await load.MoreAsync(10);
        await RouteAsync((("1.1.0", 100), fresh));
        await old[1].DisposeAsync();
        await load.MoreAsync(10);

        load.Failures.Should().BeEmpty();
        load.Answers.Keys.Should().BeEquivalentTo("shop_1.0.0_1", "shop_1.1.0_1");
        (await _world.ReadAsync()).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Route_AfterAReload_WaitsForWhatTheOldWorkerMayHave()
    {
        _world.Use(_world.Another(options => (options.DrainDeadline, options.AwaitOldWorker) = (TimeSpan.FromSeconds(6), true)));
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("ms/3500");
        await Until.TrueAsync(() => old[0].Requests == 1, "the old worker has it");
        await _world.Proxy.ReloadAsync();

        await RouteAsync((("1.1.0", 100), fresh));
        await old[0].DisposeAsync();

        (await slow).Should().Be("shop_1.0.0_1");
    }

    [Test]
    public async Task Route_ReloadWhileItDrains_WaitsForWhatTheOldWorkerHas()
    {
        var deadline = TimeSpan.FromSeconds(8);
        _world.Use(_world.Another(options => (options.DrainDeadline, options.AwaitOldWorker) = (deadline, true)));
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("gate");
        await Until.TrueAsync(() => old[0].Gated == 1, "the request is at the gate");
        await Until.TrueAsync(async () => await _world.Proxy.UptimeAsync() > deadline, "no worker before this one is waited for");
        Task route = RouteAsync((("1.1.0", 100), fresh));
        await Until.TrueAsync(async () => await _world.TextAsync() == "shop_1.1.0_1", "it was switched");

        await _world.Proxy.ReloadAsync();

        await Until.TrueAsync(async () => route.IsCompleted || await _world.Proxy.UptimeAsync() >= deadline / 2, "it looks several times where nothing is in flight in the new worker");
        route.IsCompleted.Should().BeFalse("the old worker has a request");
        old[0].Open();
        await route;
        (await slow).Should().Be("shop_1.0.0_1");
    }

    [Test]
    public async Task Route_NamesThatPatternsReadOtherwise_AreTakenAsTheyAre()
    {
        const string Version = "1.1.0-rc.1+build.5";
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync(Version);

        await RouteAsync((("1.0.0", 90), old), ((Version, 10), fresh));

        await ExpectAsync(World.Routed("1.0.0", 90, old), World.Routed(Version, 10, fresh));
        (await RunAsync(_world.Router.TesterCommands(World.Revision(Version)))).Should().EndWith($"shop_{Version}_1");
        string other = Version.Replace("rc.1", "rc-1", StringComparison.Ordinal);
        string line = _world.Router.RouteCommands(Split((Version, 50), (other, 50)), [], null, revision => revision == World.Revision(other) ? Addresses(fresh) : "false").Single();
        (await ShellAsync(line)).Error.Should().Contain($"shop_{Version}_1 has no instance");
    }

    [Test]
    public async Task Route_RevisionWithoutInstances_ChangesNothing()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        string line = _world.Router.RouteCommands(Split(("1.1.0", 100)), [], null, _ => "false").Single();

        CommandResult result = await ShellAsync(line);

        result.ExitCode.Should().NotBe(0);
        result.Error.Should().Contain("shop_1.1.0_1 has no instance");
        await ExpectAsync(World.Routed("1.0.0", 100, old));
    }

    [Test]
    public async Task Route_Nothing_Serves503()
    {
        await _world.ApplyAsync(World.Routed("1.0.0", 100, await _world.RunAsync("1.0.0")));

        await RunAsync(_world.Router.RouteCommands(TrafficSplit.None, [], null, _ => ""));

        (await _world.TextAsync()).Should().Be("503");
        (await _world.ReadAsync()).Should().Match<RouterState>(state => state.Table.Equals(RoutingTable.Empty) && state.Problems.Count == 0);
    }

    [Test]
    public async Task Preview_AndTesters_DoWhatApplyDoes()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");

        await RunAsync(_world.Router.RouteCommands(Split(("1.0.0", 100)), [World.Revision("1.1.0")], World.Revision("1.1.0"), revision => Addresses(revision == World.Revision("1.1.0") ? fresh : old)));

        (await _world.ReadAsync()).Table.Should().Be(new RoutingTable([World.Routed("1.0.0", 100, old), World.Routed("1.1.0", 0, fresh)], World.Revision("1.1.0")));
        (await _world.TextAsync("", _world.PreviewPort)).Should().Be("shop_1.1.0_1");
        (await RunAsync(_world.Router.TesterCommands(World.Revision("1.1.0")))).Should().Contain("shop_1.1.0_1");
        (await _world.TextAsync("", null, ("X-Tester", "candidate"))).Should().Be("shop_1.1.0_1");
        (await RunAsync(_world.Router.ShowCommands())).Should().Contain("0:9999 shop-").And.Contain("in flight");
        (await RunAsync(((IMetricSource)_world.Router).Commands(Metric.ErrorRate, new MetricSubject("production", "shop", World.Revision("1.1.0"))))).Should().Contain("BACKEND").And.Contain("gpc0=");
    }

    [Test]
    public async Task Maintenance_BeginsAndEnds()
    {
        const string Html = "<p>100% \"later\"\n$HOME 'é'</p>\n";
        await _world.ApplyAsync(World.Routed("1.0.0", 100, await _world.RunAsync("1.0.0")));

        await RunAsync(_world.Router.MaintenanceCommands(new MaintenancePage(Html) { RetryAfter = TimeSpan.FromSeconds(5) }));

        using (HttpResponseMessage answer = await _world.AskAsync())
        {
            ((int)answer.StatusCode).Should().Be(503);
            answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(5));
            (await answer.Content.ReadAsStringAsync()).Should().Be(Html);
        }

        (await _world.ReadAsync()).Should().Match<RouterState>(state => state.InMaintenance && state.Problems.Count == 0);
        await RunAsync(_world.Router.MaintenanceCommands(null));
        (await _world.TextAsync()).Should().Be("shop_1.0.0_1");
        (await _world.ReadAsync()).InMaintenance.Should().BeFalse();
    }

    [Test]
    public async Task Save_FilesOfAnEarlierTime_AreThoseOfTheRunningState()
    {
        await _world.ApplyAsync(World.Routed("1.0.0", 100, await _world.RunAsync("1.0.0")));
        string earlier = await File.ReadAllTextAsync(Path.Combine(_world.Folder, "shop.map"));
        await _world.ApplyAsync(World.Routed("1.1.0", 100, await _world.RunAsync("1.1.0")));
        await File.WriteAllTextAsync(Path.Combine(_world.Folder, "shop.map"), earlier);
        (await _world.ReadAsync()).Problems.Should().NotBeEmpty();

        await RunAsync([$"sh {_world.Folder}/shop.sh save"]);

        (await _world.ReadAsync()).Problems.Should().BeEmpty();
        await _world.Proxy.RestartAsync();
        (await _world.TextAsync()).Should().Be("shop_1.1.0_1");
    }

    private static TrafficSplit Split(params (string Version, int Percent)[] shares) => new(shares.Select(share => KeyValuePair.Create(World.Revision(share.Version), share.Percent)));

    private static string Addresses(Instance[] instances) => $"printf '127.0.0.1:%s\\n' {string.Join(' ', instances.Select(instance => instance.Port))}";

    private async Task RouteAsync(params ((string Version, int Percent) Share, Instance[] Instances)[] revisions)
    {
        Dictionary<RevisionId, Instance[]> known = revisions.ToDictionary(one => World.Revision(one.Share.Version), one => one.Instances);
        await RunAsync(_world.Router.RouteCommands(Split([.. revisions.Select(one => one.Share)]), [], null, revision => Addresses(known[revision])));
    }

    private async Task ExpectAsync(params RoutedRevision[] table)
    {
        RouterState state = await _world.ReadAsync();
        state.Table.Should().Be(new RoutingTable(table));
        state.Problems.Should().BeEmpty();
    }

    private static async Task<string> RunAsync(IReadOnlyList<string> lines)
    {
        CommandResult result = await ShellAsync(string.Join('\n', lines));
        result.ExitCode.Should().Be(0, result.Error);
        return result.Output;
    }

    private static Task<CommandResult> ShellAsync(string lines) =>
        new CommandRunner(TimeProvider.System).RunAsync(Command.Of("/bin/sh", "-c", lines) with { Timeout = TimeSpan.FromMinutes(1) }, null, CancellationToken.None);
}
