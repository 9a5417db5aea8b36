using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Tests.Real;

/// <summary>A run that another one came before, or overtakes.</summary>
[Category("HAProxy")]
public sealed class OvertakenTests
{
    private World _world = null!;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync();

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Apply_LowerEpoch_IsRefusedAndChangesNothing()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        var table = new RoutingTable([World.Routed("1.0.0", 100, old)]);
        await _world.Router.ApplyAsync(table, _world.Context(epoch: 7), CancellationToken.None);
        var other = new RoutingTable([World.Routed("1.1.0", 100, await _world.RunAsync("1.1.0"))]);

        await FluentActions.Awaiting(() => _world.Router.ApplyAsync(other, _world.Context(epoch: 6), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*epoch 7 on shop, and this one has 6*");
        await FluentActions.Awaiting(() => _world.Router.ApplyAsync(RoutingTable.Empty, _world.Context(epoch: 6), CancellationToken.None)).Should().ThrowAsync<DeploymentException>();
        await FluentActions.Awaiting(() => _world.Router.MaintainAsync(new MaintenancePage("x"), _world.Context(epoch: 6), CancellationToken.None)).Should().ThrowAsync<DeploymentException>();

        RouterState state = await _world.ReadAsync();
        state.Table.Should().Be(table);
        state.Epochs.Should().Equal(new Dictionary<string, long> { ["shop"] = 7 });
        state.Problems.Should().BeEmpty();
        await _world.Router.ApplyAsync(RoutingTable.Empty, _world.Context(epoch: 8), CancellationToken.None);
        await FluentActions.Awaiting(() => _world.Router.ApplyAsync(table, _world.Context(epoch: 7), CancellationToken.None)).Should().ThrowAsync<DeploymentException>("it is known of an empty site too");
    }

    [TestCase(1, "changed by somebody else")]
    [TestCase(2, "overtaken")]
    public async Task Apply_OvertakenWhileItDrains_LeavesTheOtherAlone(long epoch, string said)
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("gate");
        await Until.TrueAsync(() => old[0].Gated == 1, "the request is at the gate");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        Task first = _world.ApplyAsync(World.Routed("1.1.0", 100, fresh));
        await Until.TrueAsync(async () => await _world.TextAsync() == "shop_1.1.0_1", "it was switched");

        await _world.Another(options => options.DrainDeadline = TimeSpan.Zero).ApplyAsync(new RoutingTable([World.Routed("1.0.0", 100, old)]), _world.Context(epoch), CancellationToken.None);
        old[0].Open();

        await FluentActions.Awaiting(() => first).Should().ThrowAsync<DeploymentException>().WithMessage($"*{said}*");
        (await slow).Should().Be("shop_1.0.0_1");
        (await _world.TallyAsync(20)).Keys.Should().Equal("shop_1.0.0_1");
        (await _world.ReadAsync()).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Apply_OvertakenBeforeItCutsWhatIsUnfinished_CutsNobody()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("gate");
        await Until.TrueAsync(() => old[0].Gated == 1, "the request is at the gate");
        HAProxyRouter cutting = _world.Another(options => (options.DrainDeadline, options.CutAtDrainDeadline) = (TimeSpan.FromSeconds(2), true));
        Task first = cutting.ApplyAsync(new RoutingTable([World.Routed("1.1.0", 100, await _world.RunAsync("1.1.0"))]), _world.Context(), CancellationToken.None);
        await Until.TrueAsync(async () => await _world.TextAsync() == "shop_1.1.0_1", "it was switched");

        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));

        await FluentActions.Awaiting(() => first).Should().ThrowAsync<DeploymentException>().WithMessage("*changed by somebody else*");
        (await _world.TextAsync()).Should().Be("shop_1.0.0_1", "users are there again");
        (await _world.ReadAsync()).Problems.Should().BeEmpty();
        old[0].Open();
        (await slow).Should().Be("shop_1.0.0_1");
    }
}
