using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Tests.Real;

[Category("HAProxy")]
public sealed class SwitchTests
{
    private World _world = null!;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync();

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [TestCase(25)]
    [TestCase(100, Category = "Soak")]
    public async Task Apply_SwitchesUnderLoad_NoRequestFails(int switches)
    {
        IEnumerable<string> failures = await SwitchUnderLoadAsync(switches, drains: true);

        failures.Should().BeEmpty();
    }

    [Test]
    public async Task Apply_SwitchesUnderLoadWithoutDrain_RequestsFail()
    {
        // The negative control of the test above: the old instance ends with the switch, and nobody waited for it.
        IEnumerable<string> failures = await SwitchUnderLoadAsync(10, drains: false);

        failures.Should().NotBeEmpty();
    }

    [Test]
    public async Task Switch_ServersEndedBeforeTheCommit_RequestsFail()
    {
        // The negative control of the order: what the split still names must not be taken out.
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        await using var load = new Load(_world.Url(""));
        await load.MoreAsync(50);

        await _world.Proxy.AskAsync("set server shop-1/s1 state maint");

        await load.MoreAsync(50);
        load.Failures.Should().Contain("ServiceUnavailable");
    }

    [Test]
    public async Task Apply_SlotBySlotUnderLoad_NoRequestFailsAndSharesAreThoseOfTheSlots()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 4);
        Instance[] fresh = await _world.RunAsync("1.1.0", 4);
        await _world.ApplyAsync(World.Routed("1.0.0", 4, old));
        await using var load = new Load(_world.Url("ms/5"));
        for (int taken = 1; taken <= 4; taken++)
        {
            await load.MoreAsync(30);
            RoutedRevision[] table =
            [
                .. taken == 4 ? Array.Empty<RoutedRevision>() : [new RoutedRevision(World.Revision("1.0.0"), 4 - taken, old.Select((instance, index) => instance.At($"{index + 1}")).Skip(taken))],
                new RoutedRevision(World.Revision("1.1.0"), taken, fresh.Take(taken).Select((instance, index) => instance.At($"{index + 1}"))),
            ];
            await _world.ApplyAsync(table);

            // Nothing is in flight there any more, so it may end at once.
            await old[taken - 1].DisposeAsync();
            RoutingTable seen = (await _world.ReadAsync()).Table;
            seen.Should().Be(new RoutingTable(table));
            seen.Slots.Count.Should().Be(4);
            if (taken == 1)
            {
                await _world.ExpectShareAsync("1.1.0", 0.25, 2000);
            }
        }

        await load.MoreAsync(50);
        load.Failures.Should().BeEmpty();
    }

    [Test]
    public async Task Apply_SlowRequestOnTheOldRevision_WaitsForIt()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("gate");
        await Until.TrueAsync(() => old[0].Gated == 1, "the request is at the gate");

        Task apply = _world.ApplyAsync(World.Routed("1.1.0", 100, fresh));
        await Until.TrueAsync(async () => await _world.TextAsync() == "shop_1.1.0_1", "new requests go to the new revision");
        for (int i = 0; i < 10; i++)
        {
            (await _world.TextAsync()).Should().Be("shop_1.1.0_1");
        }

        apply.IsCompleted.Should().BeFalse("a request is unfinished");
        old[0].Open();
        await apply;
        (await slow).Should().Be("shop_1.0.0_1");
        _world.Reports.Should().BeEmpty();
    }

    [Test]
    public async Task Apply_InstanceLeavesItsRevision_FinishesAndGetsNothingNew()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string>[] slow = [_world.TextAsync("gate"), _world.TextAsync("gate")];
        await Until.TrueAsync(() => old[0].Gated == 1 && old[1].Gated == 1, "each has one at the gate");

        Task apply = _world.ApplyAsync(new RoutedRevision(World.Revision("1.0.0"), 100, [old[1].At("2")]));
        await Until.TrueAsync(async () => (await _world.Proxy.AskAsync("show servers state shop-1")).Contains(" s1 127.0.0.1 2 12 ", StringComparison.Ordinal), "it drains");
        int before = old[0].Requests;
        (await _world.TallyAsync(20)).Keys.Should().Equal("shop_1.0.0_1");

        old[0].Requests.Should().Be(before);
        apply.IsCompleted.Should().BeFalse("a request is unfinished there");
        old[0].Open();
        await apply;
        old[1].Open();
        (await Task.WhenAll(slow)).Should().OnlyContain(by => by == "shop_1.0.0_1");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Apply_RequestUnfinishedAtTheDeadline_IsReportedAndCutOnlyIfAsked(bool cut)
    {
        _world.Use(_world.Another(options =>
        {
            options.DrainDeadline = TimeSpan.FromMilliseconds(300);
            options.CutAtDrainDeadline = cut;
        }));
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        Task<string> slow = _world.TextAsync("gate");
        await Until.TrueAsync(() => old[0].Gated == 1, "the request is at the gate");

        await _world.ApplyAsync(World.Routed("1.1.0", 100, fresh));

        _world.Reports.Should().ContainSingle().Which.Should().Contain("1 on shop_1.0.0_1").And.Contain(cut ? "broken off" : "go on");
        if (cut)
        {
            (await slow).Should().StartWith("50");
        }
        else
        {
            old[0].Open();
            (await slow).Should().Be("shop_1.0.0_1");
        }
    }

    [Test]
    public async Task Apply_StrayServerInTheLaneThatIsTaken_NeverAnswers()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        Instance[] stray = await _world.RunAsync("0.9.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        await _world.Proxy.AskAsync($"set server shop-2/s5 addr 127.0.0.1 port {stray[0].Port}; set server shop-2/s5 state ready");
        await using var load = new Load(_world.Url(""));
        await load.MoreAsync(20);

        await _world.ApplyAsync(World.Routed("1.1.0", 100, fresh));

        await load.MoreAsync(20);
        load.Answers.Keys.Should().BeEquivalentTo("shop_1.0.0_1", "shop_1.1.0_1");
    }

    [Test]
    public async Task Apply_Again_ChangesNothing()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        RouterState before = await _world.ReadAsync();
        await using var load = new Load(_world.Url(""));
        await load.MoreAsync(20);

        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));

        await load.MoreAsync(20);
        load.Failures.Should().BeEmpty();
        (await _world.ReadAsync()).Table.Should().Be(before.Table);
    }

    private async Task<IReadOnlyList<string>> SwitchUnderLoadAsync(int switches, bool drains)
    {
        _world.Use(_world.Another(options => options.DrainDeadline = drains ? TimeSpan.FromSeconds(20) : TimeSpan.Zero));
        Instance serving = (await _world.RunAsync("1.0.0"))[0];
        await _world.ApplyAsync(World.Routed("1.0.0", 100, serving));
        await using var load = new Load(_world.Url("ms/250"));
        for (int i = 1; i <= switches; i++)
        {
            string version = $"1.0.{i}";
            Instance next = (await _world.RunAsync(version))[0];
            await load.MoreAsync(4);
            await _world.ApplyAsync(World.Routed(version, 100, next));
            await serving.DisposeAsync();
            serving = next;
        }

        await load.MoreAsync(20);
        load.Answers.Count.Should().BeGreaterThan(switches / 2, "requests were answered all along");
        return [.. load.Failures];
    }
}
