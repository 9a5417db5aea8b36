using System.Net;
using System.Net.Sockets;
using Deployment.Commands;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Instances;

/// <summary>The router knows ports, so an instance comes back on its own or not at all.</summary>
public sealed class FixedPortTests : InstancesFixture
{
    [Test]
    public async Task Instance_Crashes_ComesBackOnItsPort()
    {
        await ServeAsync(1);
        int[] ports = await PortsAsync(1);
        string before = await AskAsync(ports[0], "/pid");

        Kill((await StatusAsync())[0].ProcessId!.Value);

        await UntilAsync(async () => await AnswersAsync(ports[0]) is { } now && now != before, "another process answers on the same port");
        (await PortsAsync(1)).Should().Equal(ports);
        Router.Applied.Should().ContainSingle("the router needn't be told");
    }

    [Test]
    public async Task Machine_IsStartedAnew_EveryInstanceComesBackOnItsPort()
    {
        await ServeAsync(1);
        int[] ports = await PortsAsync(1);
        await EndAllAsUnpluggedAsync();

        await Host.StartAsync(CancellationToken.None);

        foreach (int port in ports)
        {
            await UntilAsync(async () => await AnswersAsync(port) is not null, "it answers on its port again");
        }

        (await PortsAsync(1)).Should().Equal(ports);
        (await Shop.ObserveAsync(CancellationToken.None)).Live().Should().Be(Id(1));
    }

    [Test]
    public async Task Port_IsTakenWhileTheInstanceIsDown_ItWaitsAndComesBackThere()
    {
        await ServeAsync(1);
        int[] ports = await PortsAsync(1);
        await EndAllAsUnpluggedAsync();
        using TcpListener thief = await TakeAsync(ports[0]);

        await Host.StartAsync(CancellationToken.None);

        await UntilAsync(async () => await AnswersAsync(ports[1]) is not null && SupervisorLog().Contains($"Port {ports[0]} of ", StringComparison.Ordinal), "the other one is back, and it was tried to start this one");
        SupervisorLog().Should().Contain($"by which its router knows it, is in use by process {Environment.ProcessId}");
        (await PortsAsync(1)).Should().Equal(ports, "the router knows no other port");
        thief.Stop();
        await UntilAsync(async () => await AnswersAsync(ports[0]) is not null, "it comes back once its port is free");
        (await PortsAsync(1)).Should().Equal(ports);
    }

    [Test]
    public async Task Route_OneInstanceIsDown_TheOthersAreRoutedAndItIsSaid()
    {
        await DoAsync(Shop.Install(App(1)));
        int[] ports = await PortsAsync(1);
        await EndAllAsUnpluggedAsync();
        using TcpListener thief = await TakeAsync(ports[0]);
        await FluentActions.Awaiting(() => DoAsync(Route(TrafficSplit.AllTo(Id(1))))).Should().ThrowAsync<DeploymentException>().WithMessage($"No instance of {Id(1)} runs on shop*");
        await Host.StartAsync(CancellationToken.None);
        // It may answer before the supervisor has written down which process it is.
        await UntilAsync(async () => await AnswersAsync(ports[1]) is not null && (await StatusAsync())[1].ProcessId is not null, "the other one is back");

        await DoAsync(Route(TrafficSplit.AllTo(Id(1))));

        Router.State.Table.Revisions.Single().Instances.Select(instance => (instance.Slot, instance.Port)).Should().Equal(("2", ports[1]));
        Reports.Should().ContainSingle().Which.Should().StartWith($"Instance 1 of {Id(1)} does not run at the moment");
    }

    // The power goes, and the machine comes back with another boot.
    private async Task EndAllAsUnpluggedAsync()
    {
        await KillSupervisorAsync();
        foreach (LocalInstance instance in await StatusAsync())
        {
            Kill(instance.ProcessId!.Value);
        }

        await UntilAsync(() => Task.FromResult(StateStore.Read(Folder)!.Instances().All(instance => instance.Process is not { } process || !ProcessGroup.IsAlive(process))), "they are gone");
        new StateStore(Folder).Update(state =>
        {
            foreach (InstanceState instance in state.Instances())
            {
                instance.Process = instance.Process is { } process ? new CommandProcess("another boot", process.ProcessId, process.StartTime) : null;
            }
        });
    }

    private string SupervisorLog() => File.ReadAllText(Folder.SupervisorLog);

    private async Task<string?> AnswersAsync(int port)
    {
        try
        {
            return await AskAsync(port, "/pid");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
