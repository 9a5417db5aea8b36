using System.Diagnostics;
using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>A deployer that dies while it ends a container: Docker goes on with that, and kills the container in the end.</summary>
public sealed class EndingTests : DockerTest
{
    [Test]
    public async Task Install_ContainerThatADeadDeployerWasEnding_IsStartedAnew()
    {
        Rig rig = Routed(new FakeRouter(), Grace);
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await rig.RunAsync(rig.Target.Install(revision));
        string id = await InspectAsync("{{.Id}}", Container("shop_1.0.0_1"));
        string started = await InspectAsync("{{.State.StartedAt}}", id);
        // With that in flight it doesn't end by itself.
        Task<string> slow = GetAsync((await rig.SeeAsync()).Revisions[0].Addresses[0], "/slow?ms=60000");
        await Until.TrueAsync(async () => await GetAsync((await rig.SeeAsync()).Revisions[0].Addresses[0]) == "1.0.0", "it answers");
        rig.Commands = new DiesInStop(() => Until.TrueAsync(async () => (await World.Daemon.RunAsync("logs", id)).ToString().Contains("drains", StringComparison.Ordinal), "it was asked to end"));
        await rig.Awaiting(it => it.RunAsync(it.Target.Remove(revision.Id))).Should().ThrowAsync<OperationCanceledException>();

        Rig next = Routed(new FakeRouter(), Grace);
        Observation seen = await next.SeeAsync();
        (await InspectAsync("{{.State.Status}}", id)).Should().Be("running", "its grace isn't over yet");
        seen.Revisions.Should().ContainSingle("it isn't gone yet").Which.Instances.Should().Be(0, "it is being ended");
        seen.Revisions[0].Addresses.Should().BeEmpty();
        await next.Awaiting(it => it.RunAsync(it.Target.Capability<ISplitTraffic>(seen)!.Route(TrafficSplit.AllTo(revision.Id)))).Should().ThrowAsync<DeploymentException>().WithMessage("No container of shop_1.0.0_1 runs*");
        var watch = Stopwatch.StartNew();
        await next.RunAsync(next.Target.Install(revision));
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(40));

        (await InspectAsync("{{.Id}} {{.State.Status}}", Container("shop_1.0.0_1"))).Should().Be($"{id} running");
        (await InspectAsync("{{.State.StartedAt}}", id)).Should().NotBe(started);
        (await GetAsync((await next.SeeAsync()).Revisions[0].Addresses[0])).Should().Be("1.0.0");
        await slow.Awaiting(it => it).Should().ThrowAsync<HttpRequestException>("the one before was killed");
    }

    [Test]
    public async Task Remove_ContainerThatADeadDeployerWasEnding_GoesOnWithThat()
    {
        Rig rig = Routed(new FakeRouter(), Grace);
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSetting("IGNORE_TERM", "1"));
        await rig.RunAsync(rig.Target.Install(revision));
        string id = await InspectAsync("{{.Id}}", Container("shop_1.0.0_1"));
        rig.Commands = new DiesInStop(() => Task.CompletedTask);
        await rig.Awaiting(it => it.RunAsync(it.Target.Remove(revision.Id))).Should().ThrowAsync<OperationCanceledException>();
        Rig next = Routed(new FakeRouter(), Grace);
        await next.RunAsync(next.Target.Remove(revision.Id));
        (await InspectAsync("{{.Id}} {{.State.Status}}", Container("shop_1.0.0_1"))).Should().Be($"{id} exited", "it has its name again");
    }

    private static void Grace(DockerTargetOptions docker) => docker.StopGrace = TimeSpan.FromSeconds(8);

    /// <summary>Ends `docker stop` before that has waited to its end, as a deployer's death does.</summary>
    private sealed class DiesInStop(Func<Task> until) : ICommandRunner
    {
        private readonly CommandRunner _runner = new(TimeProvider.System);

        public async Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken)
        {
            if (!command.Arguments.Contains("stop"))
            {
                return await _runner.RunAsync(command, observer, cancellationToken);
            }

            using var dead = new CancellationTokenSource();
            Task<CommandResult> stop = _runner.RunAsync(command, observer, dead.Token);
            await until();
            await dead.CancelAsync();
            return await stop;
        }

        public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => _runner.EndAsync(process, grace, cancellationToken);
    }
}
