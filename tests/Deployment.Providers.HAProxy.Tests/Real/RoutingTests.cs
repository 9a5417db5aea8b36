using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Tests.Real;

[Category("HAProxy")]
public sealed class RoutingTests
{
    private World _world = null!;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync(options =>
    {
        options.TesterHeader = "X-Tester";
        options.TesterCookie = "tester";
    });

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Read_NothingRouted_IsEmptyWithoutProblems()
    {
        RouterState state = await _world.ReadAsync();

        state.Problems.Should().BeEmpty();
        state.Table.Should().Be(RoutingTable.Empty);
        state.InMaintenance.Should().BeFalse();
    }

    [Test]
    public async Task Request_NothingRouted_Is503WithRetryAfter()
    {
        using HttpResponseMessage answer = await _world.AskAsync();

        ((int)answer.StatusCode).Should().Be(503);
        answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task Apply_TenPercentWithThreeOldInstancesAndOneNew_StaysTenPercent()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 3);
        Instance[] fresh = await _world.RunAsync("1.1.0");
        RoutedRevision[] table = [World.Routed("1.0.0", 90, old), World.Routed("1.1.0", 10, fresh)];

        await _world.ApplyAsync(table);

        await _world.ExpectShareAsync("1.1.0", 0.10);
        int[] each = [.. old.Select(instance => instance.Requests)];
        each.Should().OnlyContain(requests => requests > each.Sum() * 0.25, "requests of a revision are spread evenly over its instances");
        RouterState state = await _world.ReadAsync();
        state.Problems.Should().BeEmpty();
        state.Table.Should().Be(new RoutingTable(table));
        state.Epochs.Should().Equal(new Dictionary<string, long> { ["shop"] = 1 });
    }

    [Test]
    public async Task Request_OfATester_IsAnsweredByTheRevisionItNames()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");

        await _world.ApplyAsync(World.Routed("1.0.0", 100, old), World.Routed("1.1.0", 0, fresh));

        for (int i = 0; i < 20; i++)
        {
            (await _world.TextAsync()).Should().Be("shop_1.0.0_1");
            (await _world.TextAsync("", null, ("X-Tester", "shop_1.1.0_1"))).Should().Be("shop_1.1.0_1");
            (await _world.TextAsync("", null, ("Cookie", "a=b; tester=shop_1.1.0_1"))).Should().Be("shop_1.1.0_1");
            (await _world.TextAsync("", null, ("X-Tester", "shop_9.9.9_1"))).Should().Be("shop_1.0.0_1", "an unknown one is ignored");
            (await _world.TextAsync("", null, ("X-Tester", "shop-1\" %[path] 0:9999"))).Should().Be("shop_1.0.0_1");
        }
    }

    [Test]
    public async Task Request_OfATesterForTheCandidate_IsAnsweredByTheRevisionThatCameLast()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("0.9.0");
        await ExpectCandidateAsync("shop_1.0.0_1", [World.Routed("1.0.0", 100, old)]);

        await ExpectCandidateAsync("shop_0.9.0_1", [World.Routed("1.0.0", 100, old), World.Routed("0.9.0", 0, fresh)]);
        await ExpectCandidateAsync("shop_0.9.0_1", [World.Routed("1.0.0", 50, old), World.Routed("0.9.0", 50, fresh)]);
        await ExpectCandidateAsync("shop_1.0.0_1", [World.Routed("1.0.0", 100, old)]);
        await ExpectCandidateAsync("503", []);
    }

    [Test]
    public async Task Apply_WithAPreview_ServesItAtThePreviewAddressAlone()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        Instance[] fresh = await _world.RunAsync("1.1.0");
        (await _world.TextAsync("", _world.PreviewPort)).Should().Be("503", "nothing is previewed");

        await _world.Router.ApplyAsync(new RoutingTable([World.Routed("1.0.0", 100, old), World.Routed("1.1.0", 0, fresh)], World.Revision("1.1.0")), _world.Context(), CancellationToken.None);

        (await _world.TextAsync("", _world.Router.PreviewAddress!.Port)).Should().Be("shop_1.1.0_1");
        (await _world.TallyAsync(50)).Keys.Should().Equal("shop_1.0.0_1");
        (await _world.ReadAsync()).Table.Preview.Should().Be(World.Revision("1.1.0"));
    }

    [Test]
    public async Task Request_InstanceDied_IsAnsweredByAnother()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        await _world.TallyAsync(50);

        await old[0].DisposeAsync();

        (await _world.TallyAsync(300)).Keys.Should().Equal("shop_1.0.0_1");
    }

    [Test]
    public async Task Request_InstanceClosesWithoutAnAnswer_IsRepeatedOnlyIfItIsAGet()
    {
        // Why the tests' load posts: lost requests show there alone.
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        old[0].ClosesAll = true;

        (await _world.TallyAsync(50)).Keys.Should().Equal("shop_1.0.0_1");
        int before = old[0].Requests;
        before.Should().BePositive();
        int lost = 0;
        for (int i = 0; i < 20; i++)
        {
            lost += await IsLostAsync(HttpMethod.Post) ? 1 : 0;
        }

        lost.Should().BePositive().And.Be(old[0].Requests - before, "each was sent once");
    }

    [Test]
    public async Task Apply_Nothing_EndsEverything()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        (await _world.TextAsync()).Should().Be("shop_1.0.0_1");

        await _world.Router.ApplyAsync(RoutingTable.Empty, _world.Context(), CancellationToken.None);

        (await _world.TextAsync()).Should().Be("503");
        RouterState state = await _world.ReadAsync();
        state.Table.Should().Be(RoutingTable.Empty);
        state.Problems.Should().BeEmpty();
    }

    // HAProxy answers, or closes a connection that it was asked on before.
    private async Task<bool> IsLostAsync(HttpMethod method)
    {
        try
        {
            using HttpResponseMessage answer = await _world.AskAsync("", null, method);
            return !answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }

    private async Task ExpectCandidateAsync(string by, RoutedRevision[] table)
    {
        await _world.ApplyAsync(table);
        (await _world.TextAsync("", null, ("X-Tester", "candidate"))).Should().Be(by);
        (await _world.TextAsync("", null, ("Cookie", "tester=candidate"))).Should().Be(by);
    }
}
