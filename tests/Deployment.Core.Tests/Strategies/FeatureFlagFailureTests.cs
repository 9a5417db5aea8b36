using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.FeatureFlags;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A flag whose opening fails, is aborted or loses its process, at every point.</summary>
[Category("Unit")]
public sealed class FeatureFlagFailureTests
{
    [Test]
    public void Transcript_FailsAtTheThirdStage()
    {
        var world = new FlagWorld(options => options.BakeTime = TimeSpan.FromMinutes(1));
        world.World.Watch(look => look == 4 ? Verdict.Fail("12% of users with the flag fail, 0.1% of those without") : Verdict.Pass("0.1%"));

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.IsAsBefore("users with the flag failed");
        Approved.Verify("feature-flag-goes-back", string.Join('\n', world.World.Transcript));
    }

    [Test]
    public void Deploy_EachChangeFailsForGood_LeavesAllAsBefore([Values(1, 2, 3, 4)] int number, [Values] bool afterwards)
    {
        var world = new FlagWorld();
        int begun = 0;
        Task FailAsync(int change, string text, CancellationToken token)
        {
            // The three attempts of one change, told by what it says: the way back is another change.
            begun = Math.Max(begun, change);
            return change >= number && text != "checkout: nobody" ? throw new DeploymentException("no") : Task.CompletedTask;
        }

        if (afterwards)
        {
            world.Flags.After = FailAsync;
        }
        else
        {
            world.Flags.Before = FailAsync;
        }

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.RolledBack);

        begun.Should().BeGreaterThanOrEqualTo(number);
        world.IsAsBefore($"change {number} failed");
        world.Flags.Transcript.Where(text => text != "checkout: nobody").Distinct().Should().HaveCount(afterwards ? number : number - 1);
    }

    [Test]
    public void RollBack_ClosesTheFlagInOneStep_BeforeTrafficMoves()
    {
        var world = new FlagWorld();
        world.World.Configure += pipeline => pipeline.Step("break", Moment.Complete, step => step.Run((_, _) => throw new DeploymentException("broken")).MayBeRepeated().NothingToUndo());

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.World.Transcript.Where(line => line.StartsWith("    >", StringComparison.Ordinal)).SkipWhile(line => !line.Contains("everyone", StringComparison.Ordinal)).Skip(1).Should().Equal(
            "    > checkout: nobody",
            "    > install shop_1.0.0_1",
            "    > route shop_1.0.0_1=100",
            "    > remove shop_1.1.0_1");
    }

    [Test]
    public void RollBack_FlagCannotBeClosed_LeavesWhatItsUsersNeedAndTellsIt()
    {
        var world = new FlagWorld();
        world.World.Watch(look => look == 3 ? Verdict.Fail("12%") : Verdict.Pass("fine"));
        world.Flags.Before = (_, text, _) => text == "checkout: nobody" ? throw new DeploymentException("The disk is full.") : Task.CompletedTask;

        DeploymentResult result = world.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("The disk is full.").And.Contain("'Undo: Install shop_1.1.0_1' was left out: the flag of flags.checkout could not be given back.");
        world.World.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.Old, "everybody else gets the old release");
        world.World.Target.Now.Stands(new("shop", "1.1.0", 1)).Should().BeTrue();
    }

    [Test]
    public void Abort_DuringAStage_ClosesTheFlag()
    {
        var world = new FlagWorld();

        DeploymentResult result = world.World.During((TimeSpan.FromMinutes(7), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Abort("ada", "enough"))));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        world.Flags.Transcript.Should().Equal("checkout: users ada", "checkout: users ada; groups internal", "checkout: nobody");
        world.IsAsBefore("it was aborted");
    }

    [Test]
    public void Deploy_DiesAtEveryPoint_IsFinishedByTheNext()
    {
        int points = AtEveryPoint(_ => { }, (world, process, result) =>
        {
            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, $"died {process.Death}: {result.Reason}");
            world.Flags.Audience(FlagWorld.Flag).IsEveryone.Should().BeTrue($"died {process.Death}");
            world.Flags.Transcript.Should().OnlyHaveUniqueItems($"a stage that stands is not opened again; died {process.Death}");
            world.World.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.New);
        });

        points.Should().BeGreaterThan(60);
    }

    [Test]
    public void RollBack_DiesAtEveryPoint_IsFinishedByTheNext()
    {
        int points = AtEveryPoint(
            world => world.World.Configure += pipeline => pipeline.Step("break", Moment.Complete, step => step.Run((_, _) => throw new DeploymentException("broken")).MayBeRepeated().NothingToUndo()),
            (world, process, result) =>
            {
                result.Outcome.Should().Be(DeploymentOutcome.RolledBack, $"died {process.Death}: {result.Reason}");
                world.IsAsBefore($"died {process.Death}");
            });

        points.Should().BeGreaterThan(80);
    }

    private static int AtEveryPoint(Action<FlagWorld> scenario, Action<FlagWorld, SimulatedProcess, DeploymentResult> check)
    {
        for (int point = 1; ; point++)
        {
            var world = new FlagWorld(options => options.BakeTime = TimeSpan.FromSeconds(30));
            scenario(world);
            var process = new SimulatedProcess(point);
            try
            {
                world.World.Time.Run(() => world.World.Pipeline(process).DeployAsync(World.Version("1.1.0")));
                if (process.Death is null)
                {
                    return point - 1;
                }
            }
            catch (SimulatedCrashException)
            {
            }

            if (world.World.RunOf("1.1.0") is { } run)
            {
                check(world, process, world.World.Time.Run(() => world.World.Pipeline().ResumeAsync(run.Id)));
            }
            else
            {
                world.IsAsBefore("it died before there was a run");
            }
        }
    }
}
