using Deployment.Commands;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Providers.Local.Tests.Support.Load;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Supervisor;

/// <summary>A router that hangs costs its own port some time, and nobody else anything.</summary>
[Platform("Linux")]
public sealed class HungRouterTests : RenewalFixture
{
    [Test]
    [CancelAfter(180_000)]
    public async Task RouterHangs_IsReplacedAndWhoWaitsIsAnswered(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        await UntilAsync(async () => (await File.ReadAllTextAsync(Folder.RouterLog(Port), cancellationToken)).Contains("were handed", StringComparison.Ordinal), "the supervisor holds the sockets");
        int router = await RouterAsync();
        Hang(router);

        using RawClient waits = await RawClient.ConnectAsync(Port);
        RawAnswer answer = await waits.GetAsync("/").WaitAsync(TimeSpan.FromSeconds(90), cancellationToken);

        answer.Body.Should().Be("v1");
        (await RouterAsync()).Should().NotBe(router);
        (await File.ReadAllTextAsync(Folder.SupervisorLog, cancellationToken)).Should().Contain("has not answered for");
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task SupervisorStarts_RouterHangs_OtherTargetsAreServed(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        CommandProcess router = StateStore.Read(Folder)!.Routers[Port].Process!;
        await KillSupervisorAsync();
        Hang(router.ProcessId);

        await Host.StartAsync(cancellationToken);

        int port = OtherPort();
        LocalTarget other = Listening(options => options.Name = "blog", port);
        var blog = new RevisionId("blog", "1.0.0", 1);
        await RunAsync(other.Install(new Revision(blog, Release.Of("blog", "1.0.0", Artifact.Process("dotnet", "exec", AppPath).In(Path.GetTempPath())).WithSetting("VERSION", "b1"))), target: other);
        await RunAsync(other.Route(TrafficSplit.AllTo(blog)), target: other);
        using RawClient client = await RawClient.ConnectAsync(port);
        (await client.GetAsync("/")).Body.Should().Be("b1");
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task RetiringRouterHangs_SwitchKeepsItsDeadline(CancellationToken cancellationToken)
    {
        LocalTarget target = Listening(options => options.DrainDeadline = TimeSpan.FromSeconds(2));
        await InstallAndRouteAsync(1);
        await RunAsync(target.Install(App(2)), target: target);
        using ILoadConnection socket = await WebSocketLoadConnection.ConnectAsync(Port, System.Net.HttpVersion.Version11);
        (await socket.SendAsync(new LoadRequest("message", "0", "before", ":before"))).Body.Should().Be("v1:before");
        CommandProcess old = StateStore.Read(Folder)!.Routers[Port].Process!;
        await Host.RenewRouterAsync(Port, cancellationToken);
        await UntilAsync(async () => (await File.ReadAllTextAsync(Folder.RouterLog(Port), cancellationToken)).Contains("finishes what it has", StringComparison.Ordinal), "the old one retires");
        Hang(old.ProcessId);

        await RunAsync(target.Route(TrafficSplit.AllTo(Id(2))), target: target).WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);

        (await AnswerAsync()).Should().Be("v2");
        IsGone(old).Should().BeFalse("it is the one that hung");
    }
}
