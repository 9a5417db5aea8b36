using System.Net;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Providers.Local.Tests.Support.Load;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

[Platform("Linux")]
public sealed class RouterRenewalTests : RenewalFixture
{
    [Test]
    [CancelAfter(240_000)]
    public async Task Renew_UnderLoad_NoConnectionIsRefusedAndNoRequestFails(CancellationToken cancellationToken)
    {
        LoadMix load = await UnderLoadAsync(
            Moving,
            async () =>
            {
                for (int times = 0; times < 3; times++)
                {
                    int before = await RouterAsync();
                    await Host.RenewRouterAsync(Port, cancellationToken);
                    (await RouterAsync()).Should().NotBe(before);
                }
            },
            cancellationToken);

        load.Failed.Should().Be(0, load.Report);
        load.Loads[0].Load.Connected.Should().BeGreaterThan(16, "each connection was asked to go to the next router");
    }

    // The negative control: the router is ended and started again.
    [Test]
    [CancelAfter(240_000)]
    public async Task StopAndStart_UnderLoad_ConnectionsAreRefused(CancellationToken cancellationToken)
    {
        LoadMix load = await UnderLoadAsync(Moving, KillAsync, cancellationToken);

        load.Loads.Should().OnlyContain(one => one.Load.Failures.Count > 0, load.Report);
    }

    // A runtime, say, that isn't there any more.
    [Test]
    [CancelAfter(240_000)]
    public async Task Renew_SuccessorDoesNotComeUp_OldOneServesOnWithoutAFailedRequest(CancellationToken cancellationToken)
    {
        int before = 0;
        LoadMix load = await UnderLoadAsync(
            [.. LoadKind.InClearText.Select(kind => kind with { Connections = 4 }), AConnectionEach],
            async () =>
            {
                before = await RouterAsync();
                Func<Task> renew = () => Host.RenewRouterAsync(Port, cancellationToken);
                using var broken = new BrokenRuntime(Folder);

                (await renew.Should().ThrowAsync<DeploymentException>())
                    .WithMessage($"*router of port {Port} ended with exit code*See {Folder.RouterLog(Port)}*")
                    .WithMessage($"*The router before it, process {before}, goes on serving port {Port}.");

                (await RouterAsync()).Should().Be(before);
            },
            cancellationToken);

        load.Failed.Should().Be(0, load.Report);
        load.Loads.Where(one => !one.Kind.Stays && one.Kind != AConnectionEach).Should().OnlyContain(one => one.Load.Connected == one.Kind.Connections, "nobody was asked to go");
        await RunAsync(Target.Install(App(2)));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Body.Should().Be("v2", "the old one follows switches as before");
        await Host.RenewRouterAsync(Port, cancellationToken);
        (await RouterAsync()).Should().NotBe(before, "nothing is left of the failure");
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Renew_WebSocketAndSlowHttp2Request_GoOnAndSwitchesWaitForThem(CancellationToken cancellationToken)
    {
        await RunAsync(Target.Install(App(2)));
        await InstallAndRouteAsync(1);
        int old = await RouterAsync();
        using ILoadConnection socket = await OpenSocketAsync();
        using var http2 = new Http2LoadConnection(Public());
        Task<LoadAnswer> slow = http2.SendAsync(new LoadRequest("POST", "/slow?ms=4000", "body", ":body"));
        await UntilAsync(async () => (await Host.CountersAsync(Port, cancellationToken))[Id(1)].InFlight == 2, "both are in flight");

        await Host.RenewRouterAsync(Port, cancellationToken);
        (await RouterAsync()).Should().NotBe(old);
        Task route = RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        await UntilAsync(async () => await AnswerAsync() == "v2", "new connections get the new revision");
        (await socket.SendAsync(new LoadRequest("message", "0", "after", ":after"))).Body.Should().Be("v1:after");
        route.IsCompleted.Should().BeFalse("the old revision still has a web socket");
        await socket.FinishAsync();

        (await slow).Should().Be(new LoadAnswer(200, "v1:body"));
        await route;
        await RunAsync(Target.Remove(Id(1)));
    }

    // The negative control: the same clients, and the router is ended and started again.
    [Test]
    [CancelAfter(60_000)]
    public async Task StopAndStart_WebSocketAndSlowHttp2Request_Break(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        using ILoadConnection socket = await OpenSocketAsync();
        using var http2 = new Http2LoadConnection(Public());
        Task<LoadAnswer> slow = http2.SendAsync(new LoadRequest("POST", "/slow?ms=4000", "body", ":body"));
        await UntilAsync(async () => (await Host.CountersAsync(Port, cancellationToken))[Id(1)].InFlight == 2, "both are in flight");

        await KillAsync();

        await FluentActions.Awaiting(() => socket.SendAsync(new LoadRequest("message", "0", "after", ":after"))).Should().ThrowAsync<Exception>();
        await FluentActions.Awaiting(() => slow).Should().ThrowAsync<HttpRequestException>();
    }

    [Test]
    public async Task Renew_RequestInFlight_IsFinishedAndSwitchesWaitForIt()
    {
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Install(App(2)));
        using RawClient slow = await RawClient.ConnectAsync(Port);
        await slow.WriteAsync("GET /slow?ms=3000 HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        await UntilAsync(async () => (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)].InFlight == 1, "the request is in flight");

        await Host.RenewRouterAsync(Port, CancellationToken.None);
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        await RunAsync(Target.Remove(Id(1)));

        RawAnswer answer = await slow.ReadAnswerAsync();
        (answer.Status, answer.Body, answer.Header("Connection")).Should().Be((200, "v1:", "close"));
    }

    [Test]
    public async Task Renew_OldRouter_EndsAndIsForgotten()
    {
        await InstallAndRouteAsync(1);
        int old = await RouterAsync();

        await Host.RenewRouterAsync(Port, CancellationToken.None);

        await UntilAsync(() => Task.FromResult(!Directory.Exists($"/proc/{old}") || File.ReadAllText($"/proc/{old}/stat").Contains(") Z ", StringComparison.Ordinal)), "it ends once it has nothing left");
        (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None)).Should().NotBeNull("the port's control socket is the new one's");
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task RouterKilledWhileTheOldOneRetires_ComesBackWithTheSameSplit(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        using RawClient hanging = await RawClient.ConnectAsync(Port);
        await hanging.WriteAsync("GET /hang HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        await UntilAsync(async () => (await Host.CountersAsync(Port, cancellationToken))[Id(1)].InFlight == 1, "a request keeps the old router");
        int old = await RouterAsync();
        await Host.RenewRouterAsync(Port, cancellationToken);
        int renewed = await RouterAsync();

        Kill(renewed);


        await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None) is { } status && status.ProcessId != renewed, "it is back");
        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Body.Should().Be("v1");
        Directory.Exists($"/proc/{old}").Should().BeTrue("it still has a request");
    }

    // As after an update of the library: the supervisor is a newer one than the router that it finds.
    [Test]
    [CancelAfter(240_000)]
    public async Task NewerSupervisor_ReplacesTheRouterUnderLoad_NoRequestFails(CancellationToken cancellationToken)
    {
        LoadMix load = await UnderLoadAsync(
            Moving,
            async () =>
            {
                int before = await RouterAsync();
                using (HttpClient supervisor = UnixHttp.Client(Folder.SupervisorSocket))
                {
                    using HttpResponseMessage answer = await supervisor.PostAsync(UnixHttp.Uri("/handover"), null, cancellationToken);
                }

                await UntilAsync(() => Task.FromResult(CanLock()), "the supervisor is gone");
                SupervisorState state = StateStore.Read(Folder)!;
                state.Routers[Port].Assembly = "/an/older/one.dll";
                StateFile.Write(Folder.State, state, LocalJson.Default.SupervisorState);
                await Host.StartAsync(cancellationToken);
                (await RouterAsync()).Should().NotBe(before);
            },
            cancellationToken);

        load.Failed.Should().Be(0, load.Report);
    }

    private async Task<ILoadConnection> OpenSocketAsync()
    {
        ILoadConnection socket = await WebSocketLoadConnection.ConnectAsync(Port, HttpVersion.Version11);
        (await socket.SendAsync(new LoadRequest("message", "0", "before", ":before"))).Body.Should().Be("v1:before");
        return socket;
    }

    private async Task KillAsync()
    {
        int before = await RouterAsync();
        Kill(before);
        await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None) is { } status && status.ProcessId != before, "it is back");
    }
}
