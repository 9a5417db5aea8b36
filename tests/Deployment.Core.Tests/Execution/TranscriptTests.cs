using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>The order of everything that a run writes and does, approved as text: a reviewer reads it.</summary>
[Category("Unit")]
public sealed class TranscriptTests
{
    [Test]
    public void Success() => Approve("success", _ => { }, DeploymentOutcome.Succeeded);

    [Test]
    public void FailingHealth() => Approve("failing-health", world => world.Health = FailFor("1.1.0", "does not listen"), DeploymentOutcome.RolledBack);

    [Test]
    public void FailingSmoke() => Approve("failing-smoke", world => world.Smoke = FailFor("1.1.0", "the home page answers 500"), DeploymentOutcome.RolledBack);

    [Test]
    public void FailingUndo() => Approve(
        "failing-undo",
        world =>
        {
            world.Smoke = FailFor("1.1.0", "the home page answers 500");
            world.Target.FailOn("remove", "It does not let go.");
        },
        DeploymentOutcome.NeedsAttention);

    [Test]
    public void FailingEnsure_LeavesTheTrafficWhereItServes()
    {
        World world = Approve(
            "failing-ensure",
            world =>
            {
                FailAfterTheSwitch(world);
                world.Target.FailAt(5, "The old revision does not come back.");
            },
            DeploymentOutcome.NeedsAttention);

        world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100", "it is all that still serves");
        world.Target.Now.Revisions.Should().HaveCount(2);
    }

    [Test]
    public void FailingAfterTheSwitch() => Approve("failing-after-the-switch", FailAfterTheSwitch, DeploymentOutcome.RolledBack);

    [Test]
    public void Canary_FailsAt100_GoesTo0InOneStep()
    {
        int looks = 0;
        World world = Approve(
            "canary-fails-at-100",
            world => world.Configure = pipeline => pipeline
                .UseStrategy(PlanStrategy.Shifting(10, 50, 100))
                .Check(new ScriptedCheck("error rate").Answers((_, _) => Task.FromResult(++looks < 3 ? Verdict.Pass("0.1%") : Verdict.Fail("12%"))), Moment.Shifted),
            DeploymentOutcome.RolledBack);

        world.Target.Splits.Select(split => split.ShareOf(new("shop", "1.1.0", 1))).Should().Equal(0, 10, 50, 100, 0);
    }

    [Test]
    public void AbortAtEachStep()
    {
        var text = new System.Text.StringBuilder();
        int effects = 0;
        for (int step = 1; ; step++)
        {
            World world = Prepare();
            world.CheckTakes = TimeSpan.FromSeconds(2);
            world.Configure = pipeline => pipeline.UseStrategy(PlanStrategy.Shifting(10, 100));
            DeploymentResult result = AbortAfter(world, step);
            if (result.Outcome == DeploymentOutcome.Succeeded)
            {
                break;
            }

            result.Outcome.Should().BeOneOf(DeploymentOutcome.RolledBack, DeploymentOutcome.Rejected);
            result.Reason.Should().Be("Abort by ada: enough");
            world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
            world.Target.Now.Revisions.Should().ContainSingle();
            effects = Math.Max(effects, world.Target.Transcript.Count);
            text.AppendLine($"## Abort after entry {step}").AppendLine().AppendLine(string.Join('\n', world.Transcript)).AppendLine();
        }

        effects.Should().BeGreaterThan(6);
        Approved.Verify("abort-at-each-step", text.ToString());
    }

    private static DeploymentResult AbortAfter(World world, int entries) => world.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = world.Pipeline(more: builder => builder.ConfigureEngine(engine => engine.AbortGrace = TimeSpan.FromMinutes(1)));
        int before = world.Entries.Count;
        // Each effect takes a second, so that an abort can come while one runs.
        world.Target.Before = (_, cancellationToken) => Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock, cancellationToken);
        Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
        while (!deploying.IsCompleted && world.Entries.Count - before < entries)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), world.Time.Clock);
        }

        if (!deploying.IsCompleted)
        {
            await pipeline.SignalAsync(world.RunOf("1.1.0")!.Id, Signal.Abort("ada", "enough"));
        }

        return await deploying;
    });

    private static void FailAfterTheSwitch(World world) =>
        world.Configure = pipeline => pipeline.UseBlueGreen().Check(new ScriptedCheck("error rate").Fails("12%"), Moment.Shifted);

    private static Func<CheckContext, Verdict> FailFor(string version, string reason) =>
        context => context.Subject.Candidate.Version == version ? Verdict.Fail(reason) : Verdict.Pass("well");

    private static World Prepare()
    {
        var world = new World();
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Record();
        return world;
    }

    private static World Approve(string name, Action<World> scenario, DeploymentOutcome outcome)
    {
        World world = Prepare();
        scenario(world);
        DeploymentResult result = world.Deploy("1.1.0");
        result.Outcome.Should().Be(outcome, result.Reason);
        Approved.Verify(name, string.Join('\n', world.Transcript));
        return world;
    }
}
