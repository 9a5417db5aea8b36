using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Tests.Real;

/// <summary>A switch that breaks off at any of its commands, or meets a reload at any of them.</summary>
[Category("HAProxy")]
public sealed class CrashTests
{
    private World _world = null!;
    private Relay _relay = null!;
    private Instance[] _old = null!;
    private Instance[] _fresh = null!;

    [SetUp]
    public async Task Start()
    {
        _world = await World.StartAsync(options => options.TesterHeader = "X-Tester");
        _relay = new Relay(Path.Combine(_world.Folder, "relay.sock"), _world.Socket);
        _old = await _world.RunAsync("1.0.0", 2);
        _fresh = await _world.RunAsync("1.1.0", 2);
    }

    [TearDown]
    public async Task Stop()
    {
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

        await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Test]
    public async Task Apply_BrokenOffAtEachCommand_IsMendedByTheSameOrByAnotherTable()
    {
        HAProxyRouter router = Relayed();
        RoutedRevision[] all = [World.Routed("1.0.0", 100, _old)];
        RoutedRevision[] half = [World.Routed("1.0.0", 50, _old[0]), World.Routed("1.1.0", 50, _fresh)];
        RoutedRevision[] none = [World.Routed("1.1.0", 100, _fresh)];
        await _world.ApplyAsync(all);
        await using var load = new Load(_world.Url(""));
        int broken = 0;
        for (bool done = false; !done; broken++)
        {
            RoutedRevision[] first = broken % 2 == 0 ? half : none;
            int last = broken + 1;
            _relay.Before = number => Task.FromResult(number < last);
            _relay.Count();
            done = await TryAsync(() => router.ApplyAsync(new RoutingTable(first), _world.Context(), CancellationToken.None));
            _relay.Before = _ => Task.FromResult(true);
            foreach (RoutedRevision[] next in broken % 4 < 2 ? new[] { first, all } : [all])
            {
                await _world.ApplyAsync(next);
                RouterState state = await _world.ReadAsync();
                state.Table.Should().Be(new RoutingTable(next), $"it broke off at command {last}");
                state.Problems.Should().BeEmpty($"it broke off at command {last}");
            }
        }

        broken.Should().BeGreaterThan(20, "it has that many commands");
        await load.MoreAsync(20);
        load.Failures.Should().BeEmpty();
        (await _world.TallyAsync(50)).Keys.Should().Equal("shop_1.0.0_1");
        await _world.Proxy.RestartAsync();
        (await _world.TallyAsync(50)).Keys.Should().Equal("shop_1.0.0_1");
    }

    [Test]
    public async Task Apply_BrokenOffAtEachCommandThenRestart_ComesBackWhole()
    {
        HAProxyRouter router = Relayed();
        RoutedRevision[] before = [World.Routed("1.0.0", 100, _old)];
        RoutedRevision[] after = [World.Routed("1.1.0", 100, _fresh)];
        for (int last = 1; last < 40; last += 4)
        {
            await _world.ApplyAsync(before);
            _relay.Before = number => Task.FromResult(number < last);
            _relay.Count();
            await TryAsync(() => router.ApplyAsync(new RoutingTable(after), _world.Context(), CancellationToken.None));

            await _world.Proxy.RestartAsync();

            RouterState state = await _world.ReadAsync();
            state.Problems.Should().BeEmpty($"it broke off at command {last}");
            state.Table.Should().Match<RoutingTable>(table => table.Equals(new RoutingTable(before)) || table.Equals(new RoutingTable(after)), $"it broke off at command {last}");
            (await _world.TallyAsync(20)).Keys.Should().OnlyContain(by => by == state.Table.Revisions.Single().Revision.ToString());
        }
    }

    [Test]
    public async Task Apply_ReloadBeforeEachCommand_IsDoneAllTheSame()
    {
        HAProxyRouter router = Relayed();
        await _world.ApplyAsync(World.Routed("1.0.0", 100, _old));
        await using var load = new Load(_world.Url(""));
        for (int at = 1; at < 34; at += 3)
        {
            RoutedRevision[] next = at % 2 == 1 ? [World.Routed("1.0.0", 30, _old), World.Routed("1.1.0", 70, _fresh)] : [World.Routed("1.0.0", 100, _old)];
            _relay.Before = async number =>
            {
                if (number == at)
                {
                    await _world.Proxy.ReloadAsync();
                }

                return true;
            };
            _relay.Count();

            await router.ApplyAsync(new RoutingTable(next), _world.Context(), CancellationToken.None);

            RouterState state = await _world.ReadAsync();
            state.Table.Should().Be(new RoutingTable(next), $"it was reloaded before command {at}");
            state.Problems.Should().BeEmpty($"it was reloaded before command {at}");
        }

        load.Failures.Should().BeEmpty();
    }

    // Another deployer, who reaches HAProxy through the relay.
    private HAProxyRouter Relayed() => HAProxyRouter.At("unix:" + _relay.At, _world.Configure);

    private static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (DeploymentException)
        {
            return false;
        }
    }
}
