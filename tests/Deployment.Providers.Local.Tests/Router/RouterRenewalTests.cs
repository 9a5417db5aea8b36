using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Providers.Local.Tests.Support.Load;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

[Platform("Linux")]
public sealed class RouterRenewalTests : LocalFixture
{
    [Test]
    [CancelAfter(240_000)]
    public async Task Renew_UnderLoad_NoConnectionIsRefusedAndNoRequestFails(CancellationToken cancellationToken)
    {
        (LoadGenerator kept, LoadGenerator fresh) = await UnderLoadAsync(
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

        kept.Failures.Should().BeEmpty();
        fresh.Failures.Should().BeEmpty();
        kept.Connected.Should().BeGreaterThan(16, "each connection was asked to go to the next router");
    }

    // The negative control: the router is ended and started again.
    [Test]
    [CancelAfter(240_000)]
    public async Task StopAndStart_UnderLoad_ConnectionsAreRefused(CancellationToken cancellationToken)
    {
        (LoadGenerator kept, LoadGenerator fresh) = await UnderLoadAsync(
            async () =>
            {
                int before = await RouterAsync();
                Kill(before);
                await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, cancellationToken) is { } status && status.ProcessId != before, "it is back");
            },
            cancellationToken);

        kept.Failures.Concat(fresh.Failures).Should().NotBeEmpty();
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
        (LoadGenerator kept, LoadGenerator fresh) = await UnderLoadAsync(
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
                AtomicFile.Write(Folder.State, state, LocalJson.Default.SupervisorState);
                await Host.StartAsync(cancellationToken);
                (await RouterAsync()).Should().NotBe(before);
            },
            cancellationToken);

        kept.Failures.Should().BeEmpty();
        fresh.Failures.Should().BeEmpty();
    }

    private bool CanLock()
    {
        try
        {
            using var free = new FileStream(Folder.Lock, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<int> RouterAsync() => (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None))!.ProcessId;

    private async Task<(LoadGenerator Kept, LoadGenerator Fresh)> UnderLoadAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        var serving = new ServingTimes();
        serving.Begin("v1");
        var kept = new LoadGenerator(() => RawLoadConnection.ConnectAsync(Port), MixedLoad.Next, serving);
        var fresh = new LoadGenerator(() => RawLoadConnection.ConnectAsync(Port), MixedLoad.Next, serving) { RequestsOfConnection = 1 };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] running = [kept.RunAsync(16, stop.Token), fresh.RunAsync(8, stop.Token)];
        try
        {
            await UntilAsync(() => Task.FromResult(kept.Answered > 16 && fresh.Answered > 8), "the load has begun");
            await act();
            int answered = kept.Answered;
            int connected = fresh.Connected;
            await UntilAsync(() => Task.FromResult((kept.Answered > answered + 50 && fresh.Connected > connected + 20) || kept.Failures.Count > 0), "the load goes on");
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }

        return (kept, fresh);
    }
}
