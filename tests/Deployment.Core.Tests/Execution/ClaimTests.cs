using Deployment.Store;

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
            .WithMessage($"The target 'web' is held by run {open.Id} since 2030-01-01 *ResumeAsync*SignalAsync with Signal.Abort*supersede*");

        world.Target.Transcript.Should().HaveCount(effects);
        world.RunOf("1.2.0").Should().BeNull("a refused deployment leaves no trace");
    }

    [Test]
    public void Deploy_TwoAtOnce_OneWinsEachTime()
    {
        for (int i = 0; i < 200; i++)
        {
            var world = new World();
            world.Deploy("1.0.0");
            Task<DeploymentResult>[] both = [];
            // Both observe before either claims: effects and checks take time, so the two interleave.
            world.Time.Run(async () =>
            {
                world.Target.Before = (_, cancellationToken) => Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock, cancellationToken);
                both = [world.Pipeline().DeployAsync(World.Version("1.1.0")), world.Pipeline().DeployAsync(World.Version("1.2.0"))];
                await Task.WhenAll(both.Select(one => one.ContinueWith(_ => { }, TaskScheduler.Default)));
            });

            both.Count(one => one.IsCompletedSuccessfully && one.Result.Outcome == DeploymentOutcome.Succeeded).Should().Be(1);
            both.Count(one => one.Exception?.InnerException is TargetClaimedException).Should().Be(1);
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
                .Should().ThrowAsync<DeploymentException>().WithMessage("*is driven by*which is alive*");
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
}
