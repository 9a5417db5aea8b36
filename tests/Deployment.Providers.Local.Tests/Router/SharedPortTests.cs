using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Providers.Local.Tests.Support.Load;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Two applications on one port.</summary>
public sealed class SharedPortTests : LocalFixture
{
    private static readonly RevisionId BlogId = new("blog", "1.0.0", 1);

    [Test]
    public async Task HostAndPrefix_EachApplicationAnswersItsOwn()
    {
        (LocalTarget _, LocalTarget _) = await TwoAsync();
        using RawClient client = await RawClient.ConnectAsync(Port);

        (await AskAsync(client, "shop.test", "/")).Body.Should().Be("v1");
        (await AskAsync(client, "anything.test", "/blog")).Body.Should().Be("b1");
        RawAnswer stripped = await AskAsync(client, "anything.test", "/blog/raw/a%2Fb?x=1", "X-Forwarded-Prefix: /spoofed\r\n");
        stripped.Body.Should().Be("/raw/a%2Fb?x=1", "the prefix is taken away and nothing else is touched");
        (await AskAsync(client, "anything.test", "/blog/headers", "X-Forwarded-Prefix: /spoofed\r\n")).Body.Should().Contain("\"X-Forwarded-Prefix\":\"/blog\"").And.NotContain("spoofed");
        RawAnswer unknown = await AskAsync(client, "anything.test", "/other");
        (unknown.Status, unknown.Body).Should().Be((404, "No application is served under this host and path.\n"));
    }

    [Test]
    public async Task Overlap_IsRefusedWithBothNames()
    {
        await InstallAndRouteAsync(1);
        LocalTarget same = Blog(options => options.Name = "blog");

        (await same.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().Contain(Target.Name).And.Contain("Hosts or PathPrefix");
        await RunAsync(same.Install(BlogApp()), target: same);
        (await FluentActions.Awaiting(() => RunAsync(same.Route(TrafficSplit.AllTo(BlogId)), target: same)).Should().ThrowAsync<DeploymentException>())
            .Which.Message.Should().Contain(Target.Name).And.Contain("blog");
        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Body.Should().Be("v1");
    }

    [Test]
    public async Task OtherRouterOptions_AreRefusedWithBothNames()
    {
        await TwoAsync();
        LocalTarget other = Blog(options =>
        {
            options.Name = "blog";
            options.PathPrefix = "/blog";
            options.Router.Limits.MaxBodyBytes = 1000;
        });

        (await other.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().Contain("shop").And.Contain("Router options");
        (await FluentActions.Awaiting(() => RunAsync(other.Route(TrafficSplit.AllTo(BlogId)), target: other)).Should().ThrowAsync<DeploymentException>())
            .Which.Message.Should().Contain("shop").And.Contain("Router options");
        LocalTarget sameSlower = Blog(options =>
        {
            options.Name = "blog";
            options.PathPrefix = "/blog";
            options.Router.ResponseTimeout = TimeSpan.FromSeconds(5);
        });
        (await sameSlower.ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty("how instances are spoken to is each target's own business");
    }

    [Test]
    public async Task Epochs_AreOfEachApplication()
    {
        (LocalTarget shop, LocalTarget blog) = await TwoAsync(shopEpoch: 9, blogEpoch: 2);

        await RunAsync(blog.Route(TrafficSplit.None), epoch: 2, target: blog);
        await FluentActions.Awaiting(() => RunAsync(shop.Route(TrafficSplit.None), epoch: 8, target: shop)).Should().ThrowAsync<DeploymentException>();

        using RawClient client = await RawClient.ConnectAsync(Port);
        (await AskAsync(client, "shop.test", "/")).Body.Should().Be("v1");
        (await AskAsync(client, "a.test", "/blog")).Status.Should().Be(503);
    }

    [Test]
    public async Task RouterKilled_BothComeBack()
    {
        await TwoAsync();
        int router = (await RouterClient.StatusAsync(Folder.RouterSocket(Port), "shop", CancellationToken.None))!.ProcessId;

        Kill(router);

        await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), "blog", CancellationToken.None) is { } status && status.ProcessId != router, "it is back");
        using RawClient client = await RawClient.ConnectAsync(Port);
        (await AskAsync(client, "shop.test", "/")).Body.Should().Be("v1");
        (await AskAsync(client, "a.test", "/blog")).Body.Should().Be("b1");
    }

    [Test]
    public async Task ClearOne_TheOtherGoesOn()
    {
        (LocalTarget shop, LocalTarget blog) = await TwoAsync();

        await RunAsync(shop.Clear(Id(1)), target: shop);

        using RawClient client = await RawClient.ConnectAsync(Port);
        (await AskAsync(client, "shop.test", "/")).Status.Should().Be(404);
        (await AskAsync(client, "a.test", "/blog")).Body.Should().Be("b1");
        await RunAsync(blog.Clear(BlogId), target: blog);
        Deployment.Providers.Local.Processes.PortOwner.Describe(Port).Should().BeNull("the last one takes the router along");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task OneIsCleared_WhileTheOtherIsRoutedForTheFirstTime_TheOtherIsServed(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        LocalTarget blog = Blog(options => options.Name = "blog");
        await RunAsync(blog.Install(BlogApp()), target: blog);
        await RunAsync(Target.Route(TrafficSplit.None));
        await Host.PauseAsync(Target.Name, TimeSpan.FromMinutes(1), cancellationToken);
        // The router takes its time to end: somebody still waits for an answer.
        using RawClient waits = await RawClient.ConnectAsync(Port);
        await waits.WriteAsync("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        await UntilAsync(async () => (await RouterClient.MetricsAsync(Folder.RouterSocket(Port), cancellationToken))!.Targets[Target.Name].Held == 1, "it is held");
        using var client = new Client.SupervisorClient(Folder);
        Task clear = client.ClearAsync(Target.Name, "shop", 1, cancellationToken);
        await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, cancellationToken) is null, "the router is about to end");

        await RunAsync(blog.Route(TrafficSplit.AllTo(BlogId)), target: blog);

        await clear;
        using RawClient other = await RawClient.ConnectAsync(Port);
        (await AskAsync(other, "a.test", "/")).Body.Should().Be("b1");
    }

    // The old router can't speak TLS, and knows nothing of the newcomer.
    [Test]
    [Platform("Linux")]
    public async Task SecondApplicationComes_WhileARouterWithOtherSettingsRetires_IsServed()
    {
        await InstallAndRouteAsync(1);
        using ILoadConnection socket = await WebSocketLoadConnection.ConnectAsync(Port, System.Net.HttpVersion.Version11);
        (await socket.SendAsync(new LoadRequest("message", "0", "before", ":before"))).Body.Should().Be("v1:before");
        LocalTarget shop = ListeningSecurely(Port, options => options.Hosts.Add("shop.test"));
        await RunAsync(shop.Route(TrafficSplit.AllTo(Id(1))), target: shop);
        LocalTarget blog = ListeningSecurely(Port, options =>
        {
            options.Name = "blog";
            options.Hosts.Add("blog.test");
        });
        await RunAsync(blog.Install(BlogApp()), target: blog);

        await RunAsync(blog.Route(TrafficSplit.AllTo(BlogId)), target: blog);

        (await socket.SendAsync(new LoadRequest("message", "0", "after", ":after"))).Body.Should().Be("v1:after", "the old router goes on");
        (await RouterClient.StatusAsync(Folder.RouterSocket(Port), "blog", CancellationToken.None))!.Table.Revisions.Keys.Should().Equal(BlogId.ToString());
    }

    private static Task<RawAnswer> AskAsync(RawClient client, string host, string path, string headers = "") =>
        client.SendAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");

    private static Revision BlogApp() => new(
        BlogId, Release.Of("blog", "1.0.0", Artifact.Process("dotnet", "exec", AppPath).In(Path.GetTempPath())).WithSetting("VERSION", "b1"));

    private LocalTarget Blog(Action<LocalTargetOptions> configure) => Listening(configure);

    private async Task<(LocalTarget Shop, LocalTarget Blog)> TwoAsync(long shopEpoch = 1, long blogEpoch = 1)
    {
        LocalTarget shop = Listening(options =>
        {
            options.Name = "shop";
            options.Hosts.Add("Shop.test");
        });
        LocalTarget blog = Blog(options =>
        {
            options.Name = "blog";
            options.PathPrefix = "/blog";
            options.StripPathPrefix = true;
        });
        await RunAsync(shop.Install(App(1)), shopEpoch, shop);
        await RunAsync(shop.Route(TrafficSplit.AllTo(Id(1))), shopEpoch, shop);
        await RunAsync(blog.Install(BlogApp()), blogEpoch, blog);
        await RunAsync(blog.Route(TrafficSplit.AllTo(BlogId)), blogEpoch, blog);
        return (shop, blog);
    }
}
