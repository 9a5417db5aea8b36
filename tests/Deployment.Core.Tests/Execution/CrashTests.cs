using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>A process dies at every point of a run, and another one takes over.</summary>
[Category("Unit")]
public sealed partial class CrashTests
{
    private const string Old = "shop_1.0.0_1=100";
    private const string New = "shop_1.1.0_1=100";

    [Test]
    public void Deploy_DiesAtEveryPoint_IsFinishedByTheNext() =>
        AtEveryPoint(Succeeding, (world, _, result) =>
        {
            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
            world.Target.Now.Traffic.ToString().Should().Be(New);
        }).Should().BeGreaterThan(30);

    [Test]
    public void RollBack_DiesAtEveryPoint_IsFinishedByTheNext() =>
        AtEveryPoint(FailingAfterTheSwitch, (world, _, result) =>
        {
            result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
            world.Target.Now.Traffic.ToString().Should().Be(Old);
            world.Target.Now.Revisions.Should().ContainSingle("the failed revision is removed");
            result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.RollbackStarted, "who takes over goes on with the plan that was journaled")
                .And.ContainSingle(entry => entry.Kind == JournalEntryKind.RollbackEnded);
        }).Should().BeGreaterThan(40);

    [Test]
    public void Deploy_AtMostOnceEffectInDoubt_IsHeldAndNeverRepeated()
    {
        int held = 0;
        AtEveryPoint(
            AtMostOnce,
            (world, process, result) =>
            {
                world.Target.Transcript.Should().OnlyHaveUniqueItems($"no effect may be repeated, died {process.Death}");
                result.Outcome.Should().Be(DeploymentOutcome.Succeeded, $"died {process.Death}: {result.Reason}");
                if (result.Log.Entries.Any(entry => entry.Kind == JournalEntryKind.Held))
                {
                    held++;
                }
            },
            finish: world => world.Time.Run(async () =>
            {
                DeploymentPipeline pipeline = world.Pipeline();
                RunRecord run = world.RunOf("1.1.0")!;
                Task<DeploymentResult> resuming = pipeline.ResumeAsync(run.Id);
                while (!resuming.IsCompleted)
                {
                    await Task.Delay(TimeSpan.FromMinutes(1), world.Time.Clock);
                    if (world.RunOf("1.1.0")!.State == RunState.Held)
                    {
                        // A person looks and decides by what is really there.
                        await pipeline.SignalAsync(run.Id, TookEffect(world) ? Signal.Promote("ada") : Signal.Resume("ada"));
                        await Task.Delay(TimeSpan.FromMinutes(1), world.Time.Clock);
                    }
                }

                return await resuming;
            }));
        held.Should().BeGreaterThan(1);
    }

    [Test]
    public void Deploy_ProbeableEffectInDoubt_IsRepeatedOnlyWhereItDidNotTakePlace() =>
        AtEveryPoint(
            world => world.Target.Should().NotBeNull(),
            (world, process, result) =>
            {
                result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
                world.Target.Transcript.Should().OnlyHaveUniqueItems($"a probe tells what took place, died {process.Death}");
            },
            repeatability: Repeatability.Probeable);

    [Test]
    public void Resume_UnderAnotherBuild_GoesBackAndNeverForward()
    {
        int forward = 0;
        for (int point = 1; ; point++)
        {
            World world = Prepare(Succeeding);
            var process = new SimulatedProcess(point);
            if (Crash(world, process) is not { } open)
            {
                break;
            }

            int effects = world.Target.Transcript.Count;
            bool ended = world.Time.Run(() => world.Pipeline().ReadLogAsync(open)).Entries.Any(entry => entry.Kind == JournalEntryKind.RunEnded);
            bool begun = world.Time.Run(() => world.Pipeline().ReadLogAsync(open)).Entries.Count > 0;
            DeploymentResult result = world.Time.Run(() => world.Pipeline(build: "build-2", more: pipeline => pipeline
                .Step("a new step", Moment.Installed, step => step.Run((_, _) => throw new InvalidOperationException("ran")).NothingToUndo())).ResumeAsync(open));
            if (ended)
            {
                result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
                continue;
            }

            if (!begun)
            {
                continue;
            }

            result.Outcome.Should().BeOneOf([DeploymentOutcome.RolledBack, DeploymentOutcome.Rejected], $"died {process.Death}");
            result.Log.Entries.Should().NotContain(entry => entry.Text!.Contains("ran", StringComparison.Ordinal) && entry.Kind == JournalEntryKind.StepFailed);
            world.Target.Now.Traffic.ToString().Should().Be(Old);
            world.Target.Transcript.Skip(effects).Should().NotContain("route shop_1.1.0_1=100").And.NotContain("install shop_1.1.0_1");
            forward++;
        }

        forward.Should().BeGreaterThan(10);
    }

    private static bool TookEffect(World world) => world.RunOf("1.1.0")!.Reason!.Contains("Install", StringComparison.Ordinal)
        ? world.Target.Now.Stands(new("shop", "1.1.0", 1))
        : world.Target.Now.Traffic.ToString() == New;

    private static void Succeeding(World world)
    {
    }

    private static void AtMostOnce(World world)
    {
    }

    private static void FailingAfterTheSwitch(World world) =>
        world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("break", Moment.Shifted, step => step.Run((_, _) => throw new DeploymentException("broken")).MayBeRepeated().NothingToUndo());

    private static World Prepare(Action<World> scenario, Repeatability repeatability = Repeatability.Idempotent)
    {
        var world = new World { Target = new FakeTarget("web", repeatability: repeatability) };
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        scenario(world);
        return world;
    }

    /// <summary>Runs at each point until a process lives to the end; gives how many points there were.</summary>
    private static int AtEveryPoint(
        Action<World> scenario,
        Action<World, SimulatedProcess, DeploymentResult> check,
        Func<World, DeploymentResult>? finish = null,
        Repeatability? repeatability = null)
    {
        Repeatability how = repeatability ?? (scenario == AtMostOnce ? Repeatability.AtMostOnce : Repeatability.Idempotent);
        for (int point = 1; ; point++)
        {
            World world = Prepare(scenario, how);
            var process = new SimulatedProcess(point);
            if (Crash(world, process) is null)
            {
                return point - 1;
            }

            check(world, process, (finish ?? Finish)(world));
            world.Store.ListClaimsAsync(default).Result.Should().BeEmpty($"died {process.Death}");
        }
    }

    /// <summary>Deploys until the process dies; the id of the run that it left, or null when it lived or left none.</summary>
    private static string? Crash(World world, SimulatedProcess process)
    {
        try
        {
            world.Time.Run(() => world.Pipeline(process).DeployAsync(World.Version("1.1.0")));
            // It may have died giving the lease back, when all was done; then the next process finds the run ended.
            return process.Death is null ? null : world.RunOf("1.1.0")!.Id;
        }
        catch (SimulatedCrashException)
        {
            return world.RunOf("1.1.0")?.Id ?? Retry(world);
        }
    }

    /// <summary>It died before there was a run: nothing may have changed, and deploying again simply works.</summary>
    private static string Retry(World world)
    {
        world.Target.Transcript.Should().HaveCount(2);
        var second = new SimulatedProcess(6);
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(second).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        return world.RunOf("1.1.0")!.Id;
    }

    private static bool TryResume(World world, SimulatedProcess process)
    {
        try
        {
            world.Time.Run(() => world.Pipeline(process).ResumeAsync(world.RunOf("1.1.0")!.Id));
            return true;
        }
        catch (SimulatedCrashException)
        {
            return false;
        }
    }

    private static DeploymentResult Finish(World world) =>
        world.Time.Run(() => world.Pipeline().ResumeAsync(world.RunOf("1.1.0")!.Id));
}
