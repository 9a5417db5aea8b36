using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Providers.Local.Tests.Support.Load;
using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>What users get while nothing is served.</summary>
public sealed class HoldingTests : LocalFixture
{
    [Test]
    [CancelAfter(180_000)]
    public async Task Update_UnderLoad_HoldsRequestsAndFailsNone(CancellationToken cancellationToken) =>
        (await UpdateAsync(Target, cancellationToken)).Failures.Should().BeEmpty();

    // The negative control: nothing is held.
    [Test]
    [CancelAfter(180_000)]
    public async Task Update_WithoutHolding_RequestsAreRefused(CancellationToken cancellationToken) =>
        (await UpdateAsync(Listening(options => options.HoldRequests = TimeSpan.Zero), cancellationToken)).Failures.Should().Contain(failure => failure.Contains("503"));

    // With the defaults: DrainDeadline is as long as requests are held.
    [Test]
    [CancelAfter(180_000)]
    public async Task Update_WithALongPollInFlight_WhoWaitsIsServedByTheNextRevision(CancellationToken cancellationToken)
    {
        LocalTarget target = Listening(options => options.StopGrace = TimeSpan.FromSeconds(1));
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
        using RawClient poll = await RawClient.ConnectAsync(Port);
        await poll.WriteAsync("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
        await UntilAsync(async () => (await Host.CountersAsync(Port, cancellationToken))[Id(1)].InFlight == 1, "it is in flight");

        Task updating = RunAsync(target.Update(App(2)), target: target);
        await UntilAsync(async () => (await RouterClient.StatusAsync(Folder.RouterSocket(Port), target.Name, cancellationToken))!.Table.Revisions.Count == 0, "the traffic is taken away");
        using RawClient early = await RawClient.ConnectAsync(Port);
        RawAnswer answer = await early.GetAsync("/").WaitAsync(cancellationToken);

        (answer.Status, answer.Body).Should().Be((200, "v2"));
        await updating;
    }

    [Test]
    public async Task Pause_RequestWaits_AndResumeServesIt()
    {
        await InstallAndRouteAsync(1);
        await Host.PauseAsync(Target.Name, TimeSpan.FromSeconds(60), CancellationToken.None);
        using RawClient client = await RawClient.ConnectAsync(Port);
        Task<RawAnswer> held = client.PostAsync("/echo", "body");
        await UntilAsync(async () => await HeldAsync() == 1, "it is held");

        await Host.ResumeAsync(Target.Name, CancellationToken.None);

        (await held).Body.Should().Be("v1:body");
        (await HeldAsync()).Should().Be(0);
    }

    [Test]
    public async Task Pause_TimeIsOver_Answers503WithRetryAfter()
    {
        await InstallAndRouteAsync(1);
        await Host.PauseAsync(Target.Name, TimeSpan.FromMilliseconds(200), CancellationToken.None);
        using RawClient client = await RawClient.ConnectAsync(Port);

        RawAnswer answer = await client.GetAsync("/");

        answer.Status.Should().Be(503);
        answer.Header("Retry-After").Should().NotBeNull();
    }

    [Test]
    public async Task Pause_ClientLeaves_ItsPlaceIsFree()
    {
        await InstallAndRouteAsync(1);
        await Host.PauseAsync(Target.Name, TimeSpan.FromMinutes(5), CancellationToken.None);
        using (RawClient client = await RawClient.ConnectAsync(Port))
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            await UntilAsync(async () => await HeldAsync() == 1, "it is held");
        }

        await UntilAsync(async () => await HeldAsync() == 0, "it is forgotten");
    }

    [Test]
    public async Task Maintenance_AnswersItsPage_AlsoAfterSwitchAndRouterRestart_UntilItEnds()
    {
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Install(App(2)));
        await Host.StartMaintenanceAsync(Target.Name, new MaintenancePage("<h1>Back soon</h1>") { RetryAfter = TimeSpan.FromSeconds(90) }, CancellationToken.None);

        await AnswersPageAsync();
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        await AnswersPageAsync();
        int router = (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None))!.ProcessId;
        Kill(router);
        await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None) is { } status && status.ProcessId != router, "it is back");
        await AnswersPageAsync();

        await Host.EndMaintenanceAsync(Target.Name, CancellationToken.None);
        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Body.Should().Be("v2");
    }

    [Test]
    public async Task Maintenance_AsOperation_RunsAndVerifies()
    {
        await InstallAndRouteAsync(1);

        await RunAsync(Target.StartMaintenance(new MaintenancePage("<p>it's closed</p>")));

        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Status.Should().Be(503);
        Describe(Target.StartMaintenance(new MaintenancePage("<p>it's closed</p>"))).Commands.Should().HaveCount(2)
            .And.Contain(line => line.Contains("/targets/" + Target.Name + "/maintenance") && line.Contains("it'\\''s closed"));
        await RunAsync(Target.EndMaintenance());
        (await client.GetAsync("/")).Body.Should().Be("v1");
    }

    private async Task AnswersPageAsync()
    {
        using RawClient client = await RawClient.ConnectAsync(Port);
        RawAnswer answer = await client.GetAsync("/anything");
        (answer.Status, answer.Body, answer.Header("Retry-After"), answer.Header("Content-Type")).Should().Be((503, "<h1>Back soon</h1>", "90", "text/html; charset=utf-8"));
    }

    private async Task<long> HeldAsync() => (await RouterClient.MetricsAsync(Folder.RouterSocket(Port), CancellationToken.None))!.Targets[Target.Name].Held;

    private async Task<LoadGenerator> UpdateAsync(LocalTarget target, CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        var serving = new ServingTimes();
        serving.Begin("v1");
        var load = new LoadGenerator(() => RawLoadConnection.ConnectAsync(Port), MixedLoad.Next, serving) { Late = TimeSpan.FromSeconds(40) };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task running = load.RunAsync(16, stop.Token);
        try
        {
            await UntilAsync(() => Task.FromResult(load.Answered > 32), "the load has begun");
            serving.Begin("v2");
            await RunAsync(target.Update(App(2)), target: target);
            serving.End("v1");
            int answered = load.Answered;
            await UntilAsync(() => Task.FromResult(load.Answered > answered + 32), "the load goes on");
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }

        return load;
    }
}
