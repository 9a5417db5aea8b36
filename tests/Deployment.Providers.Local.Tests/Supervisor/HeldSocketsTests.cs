using Deployment.Commands;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Providers.Local.Tests.Support.Load;

namespace Deployment.Providers.Local.Tests.Supervisor;

/// <summary>A router that is killed takes along what it has in its hands. Whoever connects while there is none waits, and is answered by the next one.</summary>
[Platform("Linux")]
public sealed class HeldSocketsTests : LocalFixture
{
    private const int Kept = 8;
    private const int Fresh = 8;

    [Test]
    [CancelAfter(240_000)]
    public async Task RouterKilled_UnderLoad_OnlyWhatWasUnderWayFails(CancellationToken cancellationToken)
    {
        string[] failures = await UnderLoadAsync(
            async () =>
            {
                await KillRouterAsync(cancellationToken);
                await KillRouterAsync(cancellationToken);
            },
            cancellationToken);

        OnlyUnderWay(failures, kills: 2);
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task SupervisorKilledAndThenTheRouter_UnderLoad_OnlyWhatWasUnderWayFails(CancellationToken cancellationToken)
    {
        string[] failures = await UnderLoadAsync(
            async () =>
            {
                await KillSupervisorAsync();
                await Host.StartAsync(cancellationToken);
                await KillRouterAsync(cancellationToken);
            },
            cancellationToken);

        OnlyUnderWay(failures, kills: 1);
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task RouterKilledAndThenTheSupervisor_UnderLoad_OnlyWhatWasUnderWayFails(CancellationToken cancellationToken)
    {
        string[] failures = await UnderLoadAsync(
            async () =>
            {
                await KillRouterAsync(cancellationToken);
                await KillSupervisorAsync();
                await Host.StartAsync(cancellationToken);
                await KillRouterAsync(cancellationToken);
            },
            cancellationToken);

        OnlyUnderWay(failures, kills: 2);
    }

    // The negative control: nobody holds the socket.
    [Test]
    [CancelAfter(240_000)]
    public async Task RouterKilled_ThereIsNoSupervisor_ConnectionsAreRefused(CancellationToken cancellationToken)
    {
        string[] failures = await UnderLoadAsync(
            async () =>
            {
                await KillSupervisorAsync();
                Kill(await RouterAsync());
                await UntilAsync(() => Task.FromResult(PortOwner.Describe(Port) is null), "no instance has the public port's socket");
                await Host.StartAsync(cancellationToken);
                await ServesAsync(cancellationToken);
            },
            cancellationToken);

        failures.Should().Contain(failure => IsRefusal(failure));
    }

    [Test]
    public async Task Renewed_AndThenKilled_ComesBackOnTheSameSocket()
    {
        await InstallAndRouteAsync(1);
        await Host.RenewRouterAsync(Port, CancellationToken.None);
        int router = await RouterAsync();

        Kill(router);

        using RawClient waits = await RawClient.ConnectAsync(Port);
        (await waits.GetAsync("/")).Body.Should().Be("v1");
        // Who answers may be the old one, which retires just now, or the next one before everybody asks it.
        await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None) is { } status && status.ProcessId != router, "another router serves");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task RouterThatCannotStart_ConnectionsAreRefusedUntilOneServes(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        string file = Folder.RouterTable(Port, Target.Name);
        string table = await File.ReadAllTextAsync(file, cancellationToken);
        await File.WriteAllTextAsync(file, "none", cancellationToken);

        Kill(await RouterAsync());
        await UntilAsync(async () => !await ListensAsync(), "a client learns at once that nobody will answer");
        await File.WriteAllTextAsync(file, table, cancellationToken);

        await ServesAsync(cancellationToken);
        await KillRouterAsync(cancellationToken);
        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Body.Should().Be("v1");
    }

    private static bool IsRefusal(string failure) => failure.Contains("refused", StringComparison.OrdinalIgnoreCase);

    private static void OnlyUnderWay(string[] failures, int kills)
    {
        failures.Where(IsRefusal).Should().BeEmpty();
        failures.Should().HaveCountLessThanOrEqualTo(kills * (Kept + Fresh), "each connection had one request under way at most");
        TestContext.Out.WriteLine($"{failures.Length} requests were broken off with the router that had them.");
    }

    private async Task<bool> ListensAsync()
    {
        try
        {
            using RawClient client = await RawClient.ConnectAsync(Port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private async Task<int> RouterAsync() => (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None))!.ProcessId;

    private async Task KillRouterAsync(CancellationToken cancellationToken)
    {
        int before = await RouterAsync();
        Kill(before);
        await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, cancellationToken) is { } status && status.ProcessId != before, "another router serves");
    }

    private Task ServesAsync(CancellationToken cancellationToken) =>
        UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, cancellationToken) is not null, "a router serves");

    private async Task KillSupervisorAsync()
    {
        using var client = new Client.SupervisorClient(Folder);
        SupervisorStatus status = (await client.StatusAsync(CancellationToken.None))!;
        var process = new CommandProcess(HostIdentity.Current, status.ProcessId, ProcessStat.Read(status.ProcessId)!.StartTime);
        Kill(status.ProcessId);
        await UntilAsync(() => Task.FromResult(!ProcessGroup.IsAlive(process)), "the supervisor is gone");
    }

    private async Task<string[]> UnderLoadAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        var serving = new ServingTimes();
        serving.Begin("v1");
        var kept = new LoadGenerator(() => RawLoadConnection.ConnectAsync(Port), MixedLoad.Next, serving);
        var fresh = new LoadGenerator(() => RawLoadConnection.ConnectAsync(Port), MixedLoad.Next, serving) { RequestsOfConnection = 1 };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] running = [kept.RunAsync(Kept, stop.Token), fresh.RunAsync(Fresh, stop.Token)];
        try
        {
            await UntilAsync(() => Task.FromResult(kept.Answered > 16 && fresh.Answered > 8), "the load has begun");
            await act();
            (int answered, int connected) = (kept.Answered, fresh.Connected);
            await UntilAsync(() => Task.FromResult(kept.Answered > answered + 50 && fresh.Connected > connected + 20), "the load goes on");
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }

        return [.. kept.Failures, .. fresh.Failures];
    }
}
