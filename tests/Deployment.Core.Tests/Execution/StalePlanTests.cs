using Deployment.Health;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class StalePlanTests
{
    private World _world = null!;

    [SetUp]
    public void MakeWorld()
    {
        _world = new World();
        _world.Deploy("1.0.0");
    }

    [Test]
    public void Execute_TrafficHasMoved_IsRefusedAndChangesNothing()
    {
        Runbook plan = _world.Time.Run(() => _world.Pipeline().PlanAsync(World.Version("1.1.0")));
        _world.Target.Seed(new Revision(new("shop", "0.9.0", 1), World.Version("0.9.0")));

        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().ExecuteAsync(plan)))
            .Should().Throw<StalePlanException>()
            .WithMessage("*traffic of web was shop_1.0.0_1=100 and is now shop_0.9.0_1=100*Nothing was changed. Plan again.*")
            .Which.Moved.Should().ContainSingle().Which.Name.Should().Be("traffic");
        _world.Target.Transcript.Should().HaveCount(2);
        _world.RunOf("1.1.0")!.Outcome.Should().Be(DeploymentOutcome.Rejected);
        _world.Store.ListClaimsAsync(default).Result.Should().BeEmpty();
    }

    [Test]
    public void Execute_SomethingElseHasMoved_GoesOn()
    {
        Runbook plan = _world.Time.Run(() => _world.Pipeline().PlanAsync(World.Version("1.1.0")));
        _world.Target.Problems = ["A disk is nearly full."];

        _world.Time.Run(() => _world.Pipeline().ExecuteAsync(plan)).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Execute_TheSamePlanTwice_IsStale()
    {
        Runbook plan = _world.Time.Run(() => _world.Pipeline().PlanAsync(World.Version("1.1.0")));
        _world.Time.Run(() => _world.Pipeline().ExecuteAsync(plan)).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _world.Time.Clock.Advance(TimeSpan.FromMinutes(1));

        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().ExecuteAsync(plan))).Should().Throw<StalePlanException>();
    }

    [TestCase(SignalKind.Resume, DeploymentOutcome.Succeeded)]
    [TestCase(SignalKind.Abort, DeploymentOutcome.RolledBack)]
    public void Resume_WorldHasMovedMeanwhile_IsHeldForAPerson(SignalKind decision, DeploymentOutcome outcome)
    {
        var process = new SimulatedProcess(22);
        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline(process).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        _world.Target.Transcript.Should().Contain("install shop_1.1.0_1");
        _world.Target.Seed(new Revision(new("shop", "0.9.0", 1), World.Version("0.9.0")));

        DeploymentResult result = ResumeHeld(decision);

        _world.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.Held).Which.Text.Should().Contain("traffic of web was shop_1.0.0_1=100 and is now shop_0.9.0_1=100");
        result.Outcome.Should().Be(outcome, result.Reason);
        result.Reason.Should().Be(decision == SignalKind.Abort ? "Abort by ada" : null);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.RunEnded).Which.Should().Be(result.Log.Entries[^1]);
    }

    // Nobody answers between the end of the old one and the start of the new one: that is what the run itself left.
    [Test]
    public void Resume_DiedInTheGapOfAnUpdateInPlace_GoesOn()
    {
        _world.Configure = pipeline => pipeline.UseRecreate();
        DieHalfway();
        _world.Target.Now.Traffic.IsEmpty.Should().BeTrue("it died in the gap");

        DeploymentResult result = _world.Resume();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Should().NotContain(entry => entry.Kind == JournalEntryKind.Held);
        _world.Target.Now.Traffic.Shares.Should().ContainSingle().Which.Key.Version.Should().Be("1.1.0");
    }

    [Test]
    public void Resume_SomebodyElseStartedAnotherInTheGap_IsHeld()
    {
        _world.Configure = pipeline => pipeline.UseRecreate();
        DieHalfway();
        _world.Target.Seed(new Revision(new("shop", "0.9.0", 1), World.Version("0.9.0")));

        DeploymentResult result = ResumeHeld(SignalKind.Resume);

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    // What the run did before the update says nothing about the gap.
    [Test]
    public void Resume_DiedInTheGapAfterAShift_GoesOn()
    {
        _world.Configure = pipeline => pipeline.UseStrategy(new PlanStrategy((context, runbook) =>
        {
            RevisionId candidate = context.Candidate.Id;
            var half = new TrafficSplit([KeyValuePair.Create(context.Live!, 50), KeyValuePair.Create(candidate, 50)]);
            Install(context, runbook);
            Route(context, runbook, half);
            runbook.Effect("Update the rest", context.Require<IUpdateInPlace>()!.Update(context.Candidate), Undo.Nothing("The test goes forward."), new EffectOptions
            {
                Changes =
                [
                    new FactChange(context.Target, Fact.Traffic, half.ToString(), TrafficSplit.AllTo(candidate).ToString()),
                    new FactChange(context.Target, Fact.OfRevision(context.Live!), Fact.Present, Fact.Absent),
                ],
            });
        }));
        DieHalfway();
        _world.Target.Now.Traffic.IsEmpty.Should().BeTrue("it died in the gap");

        DeploymentResult result = _world.Resume();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Should().NotContain(entry => entry.Kind == JournalEntryKind.Held);
    }

    // A switch never leaves users without an answer, so this is another's work, whatever the step says of revisions that stay.
    [Test]
    public void Resume_SomebodyTookTheTrafficAwayWhileASwitchWasInDoubt_IsHeld()
    {
        _world.Configure = pipeline => pipeline.UseStrategy(new PlanStrategy((context, runbook) =>
        {
            Install(context, runbook);
            Route(context, runbook, TrafficSplit.AllTo(context.Candidate.Id), new FactChange(context.Target, Fact.OfRevision(context.Live!), Fact.Present, Fact.Present));
        }));
        _world.DieAfter(entry => entry is { Kind: JournalEntryKind.StepStarted, Step: "web/route" });
        _world.ByHand(((ISplitTraffic)_world.Target).Route(TrafficSplit.None));

        DeploymentResult result = ResumeHeld(SignalKind.Resume);

        _world.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.Held).Which.Text.Should().Contain("traffic of web was shop_1.1.0_1=100 and is now none");
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    // A lane that went back is as before the run; that the run had once brought what is there now excuses nothing.
    [Test]
    public void Resume_SomebodySwitchedALaneThatWentBack_IsHeld()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().DeployTo(new FakeTarget("other")).WithLanes(new LanePolicy { MaxConcurrency = 1, MaxFailures = 1 });
        _world.Deploy("1.0.1");
        _world.Configure += pipeline => pipeline.Check(new ScriptedCheck("users", CheckKind.Smoke).Fails("They complain.").Passes(), Moment.Shifted);
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.RollbackEnded);
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.1_1=100", "the lane went back");
        _world.Target.Seed(new Revision(new("shop", "1.1.0", 1), World.Version("1.1.0")));

        ResumeHeld(SignalKind.Resume);

        _world.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.Held).Which.Text.Should().Contain("traffic of web was shop_1.0.1_1=100 and is now shop_1.1.0_1=100");
    }

    // It goes back from before its switch, so the switch is none of its doubts.
    [Test]
    public void Resume_SomebodySwitchedALaneThatGoesBack_IsHeld()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().DeployTo(new FakeTarget("other")).WithLanes(new LanePolicy { MaxConcurrency = 1, MaxFailures = 1 });
        _world.Deploy("1.0.1");
        _world.Smoke = _ => Verdict.Fail("It doesn't answer.");
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.RollbackStarted);
        _world.Target.Seed(new Revision(new("shop", "1.1.0", 1), World.Version("1.1.0")));

        ResumeHeld(SignalKind.Abort);

        _world.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.Held).Which.Text.Should().Contain("traffic of web was shop_1.0.1_1=100 and is now shop_1.1.0_1=100");
    }

    [Test]
    public void Resume_RecordNamesAnotherRunbookThanTheJournal_IsRefused()
    {
        var world = new World();
        world.Deploy("1.0.0");
        var process = new SimulatedProcess(20);
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(process).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        RunRecord run = world.RunOf("1.1.0")!;
        IReadOnlyList<string> before = world.Target.Transcript;
        world.Time.Run(() => world.Store.SaveRunAsync(run with { RunbookHash = world.RunOf("1.0.0")!.RunbookHash }, default));

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().ResumeAsync(run.Id)))
            .Should().Throw<DeploymentException>().WithMessage($"The journal of run {run.Id} follows the runbook {run.RunbookHash}*");
        world.Target.Transcript.Should().Equal(before);
    }

    /// <summary>Another process goes on, is held, and a person decides.</summary>
    private DeploymentResult ResumeHeld(SignalKind decision) => _world.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = _world.Pipeline();
        RunRecord run = _world.RunOf("1.1.0")!;
        Task<DeploymentResult> resuming = pipeline.ResumeAsync(run.Id);
        await Task.Delay(TimeSpan.FromMinutes(5), _world.Time.Clock);
        _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
        await pipeline.SignalAsync(run.Id, new Signal { Kind = decision, By = "ada" });
        return await resuming;
    });

    private static void Install(StrategyContext context, RunbookBuilder runbook)
    {
        IHostRevisions hosts = context.Require<IHostRevisions>()!;
        runbook.Effect("Install", hosts.Install(context.Candidate), Undo.By(hosts.Remove(context.Candidate.Id)));
        runbook.Check(Moment.BeforeTraffic, new CheckSubject(context.Target, context.Candidate.Id, context.Live));
    }

    private static void Route(StrategyContext context, RunbookBuilder runbook, TrafficSplit split, params IReadOnlyList<FactChange> more)
    {
        ISplitTraffic router = context.Require<ISplitTraffic>()!;
        TrafficSplit before = context.Observation.Traffic;
        runbook.Effect("Route", router.Route(split), Undo.By(router.Route(before)), new EffectOptions
        {
            Changes = [new FactChange(context.Target, Fact.Traffic, before.ToString(), split.ToString()), .. more],
        });
    }

    private void DieHalfway()
    {
        var process = new SimulatedProcess();
        _world.Target.Halfway = (_, _) =>
        {
            process.Kill();
            process.Point("in the gap");
            return Task.CompletedTask;
        };
        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline(process).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        _world.Target.Halfway = null;
    }
}
