using Deployment.Commands;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Store;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class ClaimTests
{
    [Test]
    public void Deploy_WhileAnotherRunHoldsTheTarget_IsRefusedWithItsName()
    {
        var world = new World();
        world.Deploy("1.0.0");
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(new SimulatedProcess(22)).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        RunRecord open = world.RunOf("1.1.0")!;
        int effects = world.Target.Transcript.Count;

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().DeployAsync(World.Version("1.2.0"))))
            .Should().Throw<TargetClaimedException>()
            .WithMessage($"The target 'web' is held by run {open.Id} since 2030-01-01 *It is driven by process {Environment.ProcessId} on * (this machine), which runs. Nothing was changed. Wait until*SignalAsync(\"{open.Id}\", Signal.Abort(\"your name\"))*hangs*ResumeAsync(\"{open.Id}\")*SupersedeAsync(\"{open.Id}\", release, \"your name\")*");

        world.Target.Transcript.Should().HaveCount(effects);
        world.RunOf("1.2.0").Should().BeNull("a refused deployment leaves no trace");
    }

    [TestCase("gone", "* which no longer runs. Nothing was changed. Go on with it by ResumeAsync(\"RUN\"), or take it back by SignalAsync(\"RUN\", Signal.Abort(\"your name\")) and then ResumeAsync(\"RUN\"). To bring another release in its place: SupersedeAsync(\"RUN\", release, \"your name\").")]
    [TestCase("elsewhere", "* It is driven by process 1 on web-2; whether it still runs can't be seen from here. Nothing was changed. If its process lives, *SignalAsync(\"RUN\", Signal.Abort(\"your name\"))*If it is dead, go on with it by ResumeAsync(\"RUN\")*")]
    [TestCase("released", "* No process drives it. Nothing was changed. Go on with it by ResumeAsync(\"RUN\")*")]
    public void Deploy_WhileARunWithoutALivingDriverHoldsTheTarget_SaysWhatToDo(string driver, string message)
    {
        var world = new World();
        world.Deploy("1.0.0");
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(new SimulatedProcess(22)).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        string id = world.RunOf("1.1.0")!.Id;
        CommandProcess self = ProcessGroup.Self;
        world.Time.Run(async () =>
        {
            LeaseState seen = (await world.Store.ReadLeaseAsync(id, default))!;
            string holder = ProcessText.Of(driver == "elsewhere" ? new CommandProcess("web-2/boot/1", 1, 1) : self with { StartTime = self.StartTime + 1 });
            LeaseState taken = (await world.Store.TryTakeLeaseAsync(id, seen, holder, default))!;
            await (driver == "released" ? world.Store.ReleaseLeaseAsync(id, taken.Epoch, default) : Task.CompletedTask);
        });

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().DeployAsync(World.Version("1.2.0"))))
            .Should().Throw<TargetClaimedException>().WithMessage(message.Replace("RUN", id, StringComparison.Ordinal));

        // What the message says works.
        world.Time.Run(() => world.Pipeline().SignalAsync(id, Signal.Abort("ada")));
        world.Time.Run(() => world.Pipeline().ResumeAsync(id)).Outcome.Should().Be(DeploymentOutcome.RolledBack);
        world.Time.Run(() => world.Pipeline().DeployAsync(World.Version("1.2.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Resume_AfterACrash_LogsThatItWaitsUnlessForced(bool force)
    {
        var world = new World();
        world.Deploy("1.0.0");
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(new SimulatedProcess(22)).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        var log = new LogBook();

        DeploymentResult result = world.Time.Run(() => world.Pipeline(more: pipeline => pipeline.UseLogging(log)).ResumeAsync(world.RunOf("1.1.0")!.Id, force));

        string waits = $"Information {result.RunId}: its lease is still held by process {Environment.ProcessId} on {Environment.MachineName} (this machine), which runs. Waiting 10 s for a sign of life before this process takes the run over. Who knows that the holder is dead skips that with ResumeAsync(runId, force: true).";
        log.Lines.Count(line => line == waits).Should().Be(force ? 0 : 1);
    }

    [Test]
    public void Deploy_TwoAtOnce_OneWinsEachTime()
    {
        for (int i = 0; i < 200; i++)
        {
            var world = new World();
            world.Deploy("1.0.0");
            Task<DeploymentResult>[] both = [];
            // Both look at the claims before either claims, so that only the store's one call can tell them apart.
            var store = new SlowClaims(world.Store, world.Time.Clock, new Random(i));
            world.Configure = pipeline => pipeline.UseBlueGreen().UseStore(store);
            world.Time.Run(async () =>
            {
                world.Target.Before = (_, cancellationToken) => Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock, cancellationToken);
                both = [world.Pipeline().DeployAsync(World.Version("1.1.0")), world.Pipeline().DeployAsync(World.Version("1.2.0"))];
                await Task.WhenAll(both.Select(one => one.ContinueWith(_ => { }, TaskScheduler.Default)));
            });

            both.Count(one => one.IsCompletedSuccessfully && one.Result.Outcome == DeploymentOutcome.Succeeded).Should().Be(1);
            both.Count(one => one.Exception?.InnerException is TargetClaimedException).Should().Be(1);
            store.Refused.Should().Be(1, "the other one got as far as claiming");
            world.Runs().Where(run => run.Version != "1.0.0" && run.Kind == RunKind.Deploy).Select(run => run.Outcome).Should().BeEquivalentTo([DeploymentOutcome.Succeeded, DeploymentOutcome.Rejected]);
        }
    }

    [Test]
    public void Resume_ByTwoAtOnce_OneDrives()
    {
        var world = new World();
        world.Deploy("1.0.0");
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(new SimulatedProcess(22)).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        string id = world.RunOf("1.1.0")!.Id;

        world.Time.Run(async () =>
        {
            Task<DeploymentResult>[] both = [world.Pipeline().ResumeAsync(id), world.Pipeline().ResumeAsync(id)];
            await Task.WhenAll(both.Select(one => one.ContinueWith(_ => { }, TaskScheduler.Default)));
            both.Should().Contain(one => one.IsCompletedSuccessfully);
            both.Should().OnlyContain(one => one.IsCompletedSuccessfully || one.Exception!.InnerException is DeploymentException);
        });

        world.Time.Run(() => world.Pipeline().ReadLogAsync(id)).Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.RunResumed, "one drives; the other finds it ended, or driven");
        world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    [Test]
    public void Resume_DriverIsAlive_IsRefused()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Target.DelayAt(3, TimeSpan.FromHours(1), world.Time.Clock);
        world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromHours(2) });

        world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = world.Pipeline().DeployAsync(World.Version("1.1.0"));
            await FluentActions.Awaiting(() => world.Pipeline().ResumeAsync(world.RunOf("1.1.0")!.Id))
                .Should().ThrowAsync<DeploymentException>().WithMessage($"*is driven by process {Environment.ProcessId} on *which is alive*");
            (await deploying).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        });
    }

    [Test]
    public void Resume_ByForceWhileTheDriverSleeps_FencesItOff()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromHours(2) });
        bool first = true;
        world.Target.Before = async (effect, cancellationToken) =>
        {
            if (effect.Number == 3 && first)
            {
                first = false;
                // It ignores its token, as a stopped process would.
                await Task.Delay(TimeSpan.FromMinutes(1), world.Time.Clock, CancellationToken.None);
            }
        };

        world.Time.Run(async () =>
        {
            Task<DeploymentResult> sleeper = world.Pipeline().DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            DeploymentResult result = await world.Pipeline().ResumeAsync(world.RunOf("1.1.0")!.Id, force: true);
            result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
            int entries = result.Log.Entries.Count;

            await FluentActions.Awaiting(() => sleeper).Should().ThrowAsync<LeaseLostException>();
            (await world.Pipeline().ReadLogAsync(result.RunId)).Entries.Should().HaveCount(entries, "who lost the lease records nothing more");
        });
        world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    private sealed class SlowClaims(IDeploymentStore right, TimeProvider time, Random random) : WrongStore(right)
    {
        internal int Refused { get; private set; }

        public override async Task<IReadOnlyList<Claim>> ListClaimsAsync(CancellationToken cancellationToken)
        {
            IReadOnlyList<Claim> claims = await base.ListClaimsAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellationToken);
            return claims;
        }

        public override async Task<Claim?> TryClaimAsync(string runId, IReadOnlyList<string> targets, DateTimeOffset since, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1 + random.Next(5)), time, cancellationToken);
            Claim? inTheWay = await base.TryClaimAsync(runId, targets, since, cancellationToken);
            Refused += inTheWay is null ? 0 : 1;
            return inTheWay;
        }
    }
}
