using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A rolling deployment that fails or loses its process, at every batch.</summary>
[Category("Unit")]
public sealed class RollingFailureTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Deploy_TheCheckOfABatchFails_UndoesOnlyWhatWasReplaced(int batch)
    {
        World world = RollingWorld.Live(4, RollingWorld.OneByOne);
        world.Watch(look => look == batch ? Verdict.Fail("bad") : Verdict.Pass("well"));

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        world.Effects().Should().Equal(
        [
            .. Enumerable.Range(1, batch).Select(slot => $"replace {slot} shop_1.1.0_1"),
            .. Enumerable.Range(1, batch).Reverse().Select(slot => $"replace {slot} shop_1.0.0_1"),
        ]);
        world.Capacities().Should().OnlyContain(capacity => capacity >= 3 && capacity <= 4);
        world.IsWhollyOld("it went back");
    }

    [Test]
    public void Transcript_TheLastCheckFails_GoesBackBatchByBatch()
    {
        World world = RollingWorld.Live(4);
        world.Configure += pipeline => pipeline.Check(new ScriptedCheck("at the end", CheckKind.Smoke).Answers((_, _) => Task.FromResult(Verdict.Fail("bad"))), Moment.Complete);

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        world.Capacities().Should().OnlyContain(capacity => capacity >= 3 && capacity <= 5);
        world.IsWhollyOld("it went back");
        Approved.Verify("rolling-goes-back", string.Join('\n', world.Transcript));
    }

    [Test]
    public void Deploy_AnUndoFails_LeavesTheOtherBatchesSoThatCapacityStays()
    {
        World world = RollingWorld.Live(4, RollingWorld.OneByOne);
        world.Watch(look => look == 3 ? Verdict.Fail("bad") : Verdict.Pass("well"));
        world.Target.Halfway = (effect, _) => effect.Text == "replace 3 shop_1.0.0_1" ? throw new DeploymentException("The old one doesn't start.") : Task.CompletedTask;

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("'Undo: Replace slot 2 (batch 2 of 4)' was left out: traffic on web could not be given back.");
        world.Target.Now.Slots.ToString().Should().Be("1=shop_1.1.0_1,2=shop_1.1.0_1,4=shop_1.0.0_1");
        world.Capacities().Min().Should().Be(3);
    }

    [Test]
    public void Deploy_OverWhatAnUndoLeft_FillsTheGapFirstAndReplacesTheRest()
    {
        World world = RollingWorld.Live(4, RollingWorld.OneByOne);
        bool breaks = true;
        world.Watch(look => look == 3 && breaks ? Verdict.Fail("bad") : Verdict.Pass("well"));
        world.Target.Halfway = (effect, _) => breaks && effect.Text == "replace 3 shop_1.0.0_1" ? throw new DeploymentException("The old one doesn't start.") : Task.CompletedTask;
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        int before = world.Target.Transcript.Count;
        breaks = false;

        DeploymentResult result = world.Deploy("1.2.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Target.Transcript.Skip(before).Should().Equal("replace 3 shop_1.2.0_1", "replace 1 shop_1.2.0_1", "replace 2 shop_1.2.0_1", "replace 4 shop_1.2.0_1");
        world.Capacities().Min().Should().Be(3);
        result.Runbook.Steps.OfType<EffectStep>().Select(step => step.Undo.Kind).Should().OnlyContain(kind => kind == UndoKind.Operation, "history knows all that serves");
    }

    [Test]
    public void Resume_DiedWhileABatchWasHalfReplaced_FinishesItWithoutAPerson()
    {
        World world = RollingWorld.Live(4);
        world.DieAfter(entry => entry is { Kind: JournalEntryKind.StepStarted, Step: "web/replace-slots-1-2-batch-1-of-2" });
        HalveBy(world, Batch);

        DeploymentResult result = world.Resume();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Entries.Should().NotContain(entry => entry.Kind == JournalEntryKind.Held);
        world.Target.Now.ToString().Should().Be("web: traffic shop_1.1.0_1=100; stands shop_1.1.0_1 (4 instances)");
    }

    /// <summary>The safeguard of what a half replaced batch is allowed: another slot that somebody emptied holds the run.</summary>
    [Test]
    public void Resume_AnotherSlotMovedMeanwhile_IsHeld()
    {
        World world = RollingWorld.Live(4);
        world.DieAfter(entry => entry is { Kind: JournalEntryKind.StepStarted, Step: "web/replace-slots-1-2-batch-1-of-2" });
        HalveBy(world, ["4"]);
        var person = new AbortWhenHeld(world);
        world.Configure += pipeline => pipeline.ReportTo(person);

        DeploymentResult result = world.Resume();

        person.Asked.Should().Contain("slots");
        result.Outcome.Should().NotBe(DeploymentOutcome.Succeeded);
    }

    /// <summary>Empty slots may be a half replaced batch; traffic that doesn't follow from them is another's work.</summary>
    [Test]
    public void Resume_TrafficWasSplitByWeightMeanwhile_IsHeld()
    {
        World world = RollingWorld.Live(1, RollingWorld.OneByOne);
        world.DieAfter(entry => entry.Kind == JournalEntryKind.StepStarted && entry.Step!.StartsWith("web/replace", StringComparison.Ordinal));
        world.Target.Seed(new Revision(new("shop", "0.9.0", 1), World.Version("0.9.0")));
        world.ByHand(((ISplitTraffic)world.Target).Route(new TrafficSplit([KeyValuePair.Create(new RevisionId("shop", "0.9.0", 1), 50), KeyValuePair.Create(new RevisionId("shop", "1.0.0", 1), 50)])));
        var person = new AbortWhenHeld(world);
        world.Configure += pipeline => pipeline.ReportTo(person);

        DeploymentResult result = world.Resume();

        person.Asked.Should().Contain("traffic of web was shop_1.1.0_1=100 and is now shop_0.9.0_1=50,shop_1.0.0_1=50");
        result.Outcome.Should().NotBe(DeploymentOutcome.Succeeded);
    }

    private static readonly string[] Batch = ["1", "2"];

    /// <summary>What another hand, or the dead process's platform, did: slots whose instances have stopped.</summary>
    private static void HalveBy(World world, string[] slots) => world.ByHand(((IReplaceInstances)world.Target).Vacate(slots));

    private sealed class AbortWhenHeld(World world) : IProgress<JournalEntry>
    {
        internal string? Asked { get; private set; }

        public void Report(JournalEntry value)
        {
            if (value.Kind == JournalEntryKind.Held)
            {
                Asked = value.Text;
                world.Store.PostSignalAsync(world.RunOf("1.1.0")!.Id, Signal.Abort("ada", "no"), CancellationToken.None).GetAwaiter().GetResult();
            }
        }
    }
}
