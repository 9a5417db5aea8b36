using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.Canary;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A canary that fails, is steered or loses its process, at every point.</summary>
[Category("Unit")]
public sealed class CanaryFailureTests
{
    [Test]
    public void Deploy_EachEffectFailsForGood_LeavesAllAsBefore()
    {
        int effects = CountEffects();
        effects.Should().Be(7, "install twice, testers, three shares, the baseline's removal");
        for (int number = 1; number <= effects; number++)
        {
            World world = CanaryWorld.Live(CanaryWorld.Whole);
            world.Target.FailAt(2 + number);

            DeploymentResult result = world.Deploy("1.1.0");

            result.Outcome.Should().Be(DeploymentOutcome.RolledBack, $"effect {number}: {result.Reason}");
            world.IsAsBefore($"effect {number} failed");
            GoesToNothingInOneStep(world);
        }
    }

    [Test]
    public void Deploy_EachCheckFails_LeavesAllAsBefore()
    {
        for (int number = 1; ; number++)
        {
            World world = CanaryWorld.Live(CanaryWorld.Whole);
            int looks = 0;
            world.Health = context => Judge(context);
            world.Smoke = context => Judge(context);
            world.Watch(_ => ++looks == number ? Verdict.Fail("bad") : Verdict.Pass("well"));

            DeploymentResult result = world.Deploy("1.1.0");
            if (result.Outcome == DeploymentOutcome.Succeeded)
            {
                number.Should().Be(5, "health, smoke, at 10% and at 100%");
                break;
            }

            result.Outcome.Should().Be(DeploymentOutcome.RolledBack, $"check {number}: {result.Reason}");
            world.IsAsBefore($"check {number} failed");
            GoesToNothingInOneStep(world);

            Verdict Judge(CheckContext context) => context is { Duration: null, Subject.Candidate.Version: "1.1.0" } && ++looks == number ? Verdict.Fail("bad") : Verdict.Pass("well");
        }
    }

    [Test]
    public void Deploy_DiesAtEveryPoint_IsFinishedByTheNext()
    {
        int points = AtEveryPoint(_ => { }, (world, process, result) =>
        {
            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, $"died {process.Death}: {result.Reason}");
            world.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.New);
            world.Target.Now.Revisions.Select(revision => revision.Id.ToString()).Should().Equal("shop_1.0.0_1", "shop_1.1.0_1");
            world.Shares().Should().BeInAscendingOrder($"died {process.Death}");
        });

        points.Should().BeGreaterThan(70);
    }

    [Test]
    public void RollBack_DiesAtEveryPoint_IsFinishedByTheNext()
    {
        int points = AtEveryPoint(
            world => world.Configure += pipeline => pipeline.Step("break", Moment.Complete, step => step.Run((_, _) => throw new DeploymentException("broken")).MayBeRepeated().NothingToUndo()),
            (world, process, result) =>
            {
                result.Outcome.Should().Be(DeploymentOutcome.RolledBack, $"died {process.Death}: {result.Reason}");
                world.IsAsBefore($"died {process.Death}");
                GoesToNothingInOneStep(world);
            });

        points.Should().BeGreaterThan(90);
    }

    [Test]
    public void Abort_DuringABake_GoesBackAtOnce()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, 50, 100]);
        DateTimeOffset begin = world.Time.Clock.GetUtcNow();

        DeploymentResult result = world.During((TimeSpan.FromMinutes(7), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Abort("ada", "enough"))));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("Abort by ada: enough");
        world.Shares().Should().Equal(10, 50, 0);
        world.IsAsBefore("it was aborted at 50%");
        (world.Time.Clock.GetUtcNow() - begin).Should().BeLessThan(TimeSpan.FromMinutes(8));
    }

    [Test]
    public void Promote_DuringABake_SkipsThatOneAlone()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, 50, 100]);
        DateTimeOffset begin = world.Time.Clock.GetUtcNow();

        DeploymentResult result = world.During((TimeSpan.FromMinutes(1), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Promote("ada"))));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        (world.Time.Clock.GetUtcNow() - begin).Should().BeCloseTo(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(30), "5 minutes at 50% and at 100% each");
    }

    [Test]
    public void PromoteFully_DuringABake_SkipsAllButChecksStill()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, 50, 100]);
        ScriptedCheck check = world.Watch();
        DateTimeOffset begin = world.Time.Clock.GetUtcNow();

        DeploymentResult result = world.During((TimeSpan.FromMinutes(1), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.PromoteFully("ada"))));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        (world.Time.Clock.GetUtcNow() - begin).Should().BeLessThan(TimeSpan.FromMinutes(2));
        check.Evaluations.Should().HaveCount(3);
        world.Shares().Should().Equal(10, 50, 100);
    }

    [Test]
    public void Pause_DuringABake_KeepsTheShareUntilResumed()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, 50, 100]);
        string? paused = null;

        DeploymentResult result = world.During(
            (TimeSpan.FromMinutes(1), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Pause("ada"))),
            (TimeSpan.FromHours(10), async (pipeline, run) =>
            {
                paused = world.Target.Now.Traffic.ToString();
                await pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
            }));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        paused.Should().Be("shop_1.0.0_1=90,shop_1.1.0_1=10");
    }

    [Test]
    public void Check_HasTooLittleData_HoldsTheShareForAPerson()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, 100]);
        world.Watch(look => look == 1 ? Verdict.InsufficientData("9 requests") : Verdict.Pass("fine"));
        RunState? state = null;

        DeploymentResult result = world.During((TimeSpan.FromHours(3), async (pipeline, run) =>
        {
            state = world.RunOf("1.1.0")!.State;
            await pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
        }));

        state.Should().Be(RunState.Held);
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    private static int CountEffects()
    {
        World world = CanaryWorld.Live(CanaryWorld.Whole);
        int before = world.Target.Transcript.Count;
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        return world.Target.Transcript.Count - before;
    }

    private static void GoesToNothingInOneStep(World world)
    {
        int[] shares = [.. world.Shares()];
        int[] down = [.. shares.Zip(shares.Skip(1)).Where(pair => pair.Second < pair.First).Select(pair => pair.Second)];
        down.Should().BeSubsetOf([0], $"the way back is one step: {string.Join(", ", shares)}");
        down.Length.Should().BeLessThanOrEqualTo(1, $"the way back is one step: {string.Join(", ", shares)}");
    }

    private static int AtEveryPoint(Action<World> scenario, Action<World, SimulatedProcess, DeploymentResult> check)
    {
        for (int point = 1; ; point++)
        {
            World world = CanaryWorld.Live(CanaryWorld.Whole);
            scenario(world);
            var process = new SimulatedProcess(point);
            try
            {
                world.Time.Run(() => world.Pipeline(process).DeployAsync(World.Version("1.1.0")));
                if (process.Death is null)
                {
                    return point - 1;
                }
            }
            catch (SimulatedCrashException)
            {
            }

            if (world.RunOf("1.1.0") is { } run)
            {
                check(world, process, world.Time.Run(() => world.Pipeline().ResumeAsync(run.Id)));
                world.Store.ListClaimsAsync(default).Result.Should().BeEmpty($"died {process.Death}");
            }
            else
            {
                world.IsAsBefore("it died before there was a run");
            }
        }
    }
}
