using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Providers.Local.Tests.Support.Load;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Whoever dies at whatever step of a renewal, users notice nothing, and the port has one router in the end.</summary>
[Platform("Linux")]
public sealed class RenewalDeathsTests : RenewalFixture
{
    // Its successor is announced, and nothing was started.
    [Test]
    [CancelAfter(240_000)]
    public async Task SupervisorDies_BeforeTheSuccessorIsStarted_NoRequestFails(CancellationToken cancellationToken)
    {
        await RestartedSupervisorFinishesAsync(() => Rewrite((state, router) => Announce(state, router)), cancellationToken);
    }

    // It was started and not written down, and has taken the port over meanwhile.
    [Test]
    [CancelAfter(240_000)]
    public async Task SupervisorDies_BeforeTheSuccessorIsWrittenDown_ItServesOnAndTheOldOneRetires(CancellationToken cancellationToken)
    {
        CommandProcess old = null!;
        RunningProcess successor = null!;
        LoadMix load = await UnderLoadAsync(
            Moving,
            async () =>
            {
                await KillSupervisorAsync();
                old = StateStore.Read(Folder)!.Routers[Port].Process!;
                long spawn = 0;
                Rewrite((state, router) => spawn = Announce(state, router));
                successor = RunningProcess.Start(
                    HostFiles.Locate(Folder).Start(Folder, spawn, Folder.RouterLog(Port), "router", Folder.Path, Port.ToString(CultureInfo.InvariantCulture)), TimeProvider.System);
                await OneServesAsync(except: old.ProcessId);

                await Host.StartAsync(cancellationToken);

                StateStore.Read(Folder)!.Routers[Port].Process.Should().Be(successor.Identity);
            },
            cancellationToken);

        load.Failed.Should().Be(0, load.Report);
        (await RouterAsync()).Should().Be(successor.Identity.ProcessId, "it is as good as any");
        await UntilAsync(() => Task.FromResult(IsGone(old)), "the old one has retired");
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task SupervisorAndSuccessorDie_BeforeTheOldOneRetires_NoRequestFails(CancellationToken cancellationToken)
    {
        await RestartedSupervisorFinishesAsync(
            () =>
            {
                Rewrite((state, router) =>
                {
                    Announce(state, router);
                    router.Process = RunningProcess.None;
                });
                Folder.PointRouterSocket(Port, RunningProcess.None.ProcessId);
            },
            cancellationToken);
    }

    // It has made its control socket the port's, and the supervisor sees that it is dead.
    [Test]
    [CancelAfter(120_000)]
    public async Task SuccessorDies_BeforeTheOldOneRetires_TheOldOneIsTheRouterAgain(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Install(App(2)));
        int old = await RouterAsync();
        using (new BrokenRuntime(Folder))
        {
            Folder.PointRouterSocket(Port, RunningProcess.None.ProcessId);
            (await FluentActions.Awaiting(() => Host.RenewRouterAsync(Port, cancellationToken)).Should().ThrowAsync<DeploymentException>()).WithMessage($"*process {old}, goes on serving port {Port}.");
        }

        (await RouterAsync()).Should().Be(old);
        await RunAsync(Target.Route(TrafficSplitOf(2)));
        (await AnswerAsync()).Should().Be("v2");
        await Host.RenewRouterAsync(Port, cancellationToken);
        (await RouterAsync()).Should().NotBe(old, "nothing is left of the failure");
    }

    // As by Ctrl-C: the successor may have connections by then.
    [Test]
    [CancelAfter(240_000)]
    public async Task CallerGoes_InTheMiddle_ItIsFinishedWithoutAFailedRequest(CancellationToken cancellationToken)
    {
        CommandProcess old = null!;
        LoadMix load = await UnderLoadAsync(
            Moving,
            async () =>
            {
                old = StateStore.Read(Folder)!.Routers[Port].Process!;
                using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                Task renew = Host.RenewRouterAsync(Port, caller.Token);
                await UntilAsync(() => Task.FromResult(StateStore.Read(Folder)!.Routers[Port].Retiring.Count > 0), "it has begun");

                await caller.CancelAsync();

                await FluentActions.Awaiting(() => renew).Should().ThrowAsync<OperationCanceledException>();
                await UntilAsync(async () => await ServingAsync() is { } now && now != old.ProcessId && IsGone(old), "the new one serves, and the old one has retired");
            },
            cancellationToken);

        load.Failed.Should().Be(0, load.Report);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task OldOneHangs_IsReplacedAndEnded(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        // Until it was asked for its sockets nobody else has them.
        await UntilAsync(async () => (await File.ReadAllTextAsync(Folder.RouterLog(Port), cancellationToken)).Contains("were handed", StringComparison.Ordinal), "the supervisor holds the sockets");
        CommandProcess old = StateStore.Read(Folder)!.Routers[Port].Process!;
        Hang(old.ProcessId);

        await Host.RenewRouterAsync(Port, cancellationToken);

        (await AnswerAsync()).Should().Be("v1");
        await UntilAsync(() => Task.FromResult(IsGone(old)), "one day it would go on, with old tables");
    }

    private static Targets.TrafficSplit TrafficSplitOf(int version) => Targets.TrafficSplit.AllTo(Id(version));

    // What is written down before a successor is started.
    private static long Announce(SupervisorState state, RouterState router)
    {
        router.Retiring.Add(new RetiringRouter(router.Spawn, router.Process!));
        router.Process = null;
        return router.Spawn = state.NextSpawn++;
    }

    /// <summary>The supervisor is killed under load; the next one goes on from what it left, and no request fails.</summary>
    private async Task RestartedSupervisorFinishesAsync(Action leave, CancellationToken cancellationToken)
    {
        CommandProcess old = null!;
        LoadMix load = await UnderLoadAsync(
            Moving,
            async () =>
            {
                await KillSupervisorAsync();
                old = StateStore.Read(Folder)!.Routers[Port].Process!;
                leave();

                await Host.StartAsync(cancellationToken);

                await OneServesAsync(except: old.ProcessId);
            },
            cancellationToken);

        load.Failed.Should().Be(0, load.Report);
        await UntilAsync(() => Task.FromResult(IsGone(old)), "the old one has retired");
    }

    private async Task<int?> ServingAsync() => (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None))?.ProcessId;

    private Task OneServesAsync(int except) => UntilAsync(async () => await ServingAsync() is { } now && now != except, "another router serves");
}
