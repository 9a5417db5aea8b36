using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class SignalTests
{
    private World _world = null!;

    [SetUp]
    public void MakeWorld()
    {
        _world = new World();
        _world.Deploy("1.0.0");
    }

    [Test]
    public void Approve_WithTheRunbooksHash_GoesOn()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval();

        DeploymentResult result = Run(async (pipeline, run) => await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!)));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        result.Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.ApprovalGiven && entry.Text!.Contains("ada"));
    }

    [Test]
    public void Approve_ByWhoReadTheRunbookElsewhere_GoesOn()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval();
        Runbook? read = null;

        DeploymentResult result = Run(async (_, run) =>
        {
            DeploymentPipeline approver = _world.Pipeline();
            read = await approver.ReadRunbookAsync(run.Id);
            await approver.SignalAsync(run.Id, Signal.Approve("ada", read.Hash));
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        read!.ToMarkdown().Should().Be(result.Runbook.ToMarkdown()).And.Contain("Install shop_1.1.0_1");
    }

    [Test]
    public void ReadRunbook_OfAScheduledRunOrNone_SaysWhatToDo()
    {
        _world.Deploy("1.1.0");
        string scheduled = _world.Runs().Single(run => run.State == RunState.Scheduled).Id;

        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().ReadRunbookAsync(scheduled))).Should().Throw<DeploymentException>().WithMessage("*has no runbook yet. CompleteAsync plans it*");
        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().ReadRunbookAsync("nobody"))).Should().Throw<DeploymentException>().WithMessage("*has no run 'nobody'*");
    }

    [Test]
    public void Approve_WithAnotherHash_IsIgnoredAndSaysSo()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(timeout: TimeSpan.FromHours(1));

        DeploymentResult result = Run(async (pipeline, run) =>
        {
            await FluentActions.Awaiting(() => pipeline.SignalAsync(run.Id, Signal.Approve("ada", new string('0', 64))))
                .Should().ThrowAsync<DeploymentException>().WithMessage("*can't count for it*");
            // Another program may write to the inbox by itself.
            await _world.Store.PostSignalAsync(run.Id, Signal.Approve("ada", new string('0', 64)), CancellationToken.None);
        });

        result.Outcome.Should().Be(DeploymentOutcome.Rejected);
        result.Reason.Should().Contain("Nobody decided within 01:00:00");
        result.Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.SignalTaken && entry.Text!.Contains("It is ignored"));
    }

    [Test]
    public void Approve_BeforeItIsAsked_StandsForTheNextGate()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(Moment.BeforeTraffic);
        _world.Target.DelayAt(3, TimeSpan.FromMinutes(1), _world.Time.Clock);

        DeploymentResult result = Run(async (pipeline, run) => await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!)));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    /// <summary>One approval is for one gate, also when it came before it was asked for and whoever asks next is another process.</summary>
    [Test]
    public void Approve_BeforeItIsAsked_IsNotForTheGateAfter([Values] bool dies)
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(Moment.BeforeTraffic).RequireApproval(Moment.Shifted, timeout: TimeSpan.FromHours(1));
        _world.Target.DelayAt(3, TimeSpan.FromMinutes(1), _world.Time.Clock);
        var process = new SimulatedProcess();

        DeploymentResult result = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = _world.Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, entry => dies && entry.Kind == JournalEntryKind.ApprovalGiven))).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            RunRecord run = _world.RunOf("1.1.0")!;
            await _world.Pipeline().SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            if (!dies)
            {
                return await deploying;
            }

            await FluentActions.Awaiting(() => deploying).Should().ThrowAsync<SimulatedCrashException>();
            return await _world.Pipeline().ResumeAsync(run.Id);
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("Nobody decided within 01:00:00");
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.ApprovalGiven);
    }

    [Test]
    public void Reject_TheProcessDiesRightAfterIt_IsRefusedByTheNextToo()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(timeout: TimeSpan.FromHours(1));
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.ApprovalRefused);

        DeploymentResult result = _world.Resume();

        result.Outcome.Should().Be(DeploymentOutcome.Rejected);
        result.Reason.Should().Contain("Nobody decided within 01:00:00");
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.ApprovalRequested);
    }

    [Test]
    public void Abort_WhileAnApprovalIsAwaited_Wins()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(Moment.BeforeTraffic);

        DeploymentResult result = Run(async (pipeline, run) => await pipeline.SignalAsync(run.Id, Signal.Abort("ada", "enough")));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("Abort by ada: enough");
        _world.Target.Now.Revisions.Should().ContainSingle();
    }

    [Test]
    public void Abort_TheProcessDiesRightAfterIt_IsCarriedOutByTheNext()
    {
        var process = new SimulatedProcess();
        _world.Configure = pipeline => pipeline.UseStrategy(PlanStrategy.Shifting(10, 100));

        DeploymentResult result = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> dying = _world.Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, entry => entry.Kind == JournalEntryKind.AbortRequested))).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            RunRecord run = _world.RunOf("1.1.0")!;
            await _world.Pipeline().SignalAsync(run.Id, Signal.Abort("ada", "enough"));
            await FluentActions.Awaiting(() => dying).Should().ThrowAsync<Exception>();
            return await _world.Pipeline().ResumeAsync(run.Id);
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("Abort by ada: enough");
        _world.Target.Splits.Select(split => split.ShareOf(new("shop", "1.1.0", 1))).Should().Equal([0, 10, 0], "the next one shifts no further");
    }

    [Test]
    public void Reject_AfterInstall_TakesItBack()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(Moment.BeforeTraffic);

        DeploymentResult result = Run(async (pipeline, run) => await pipeline.SignalAsync(run.Id, Signal.Reject("ada", "not today")));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        _world.Target.Transcript.Skip(2).Should().Equal("install shop_1.1.0_1", "remove shop_1.1.0_1");
    }

    [Test]
    public void Pause_StartsNothingMoreUntilResumed()
    {
        _world.Target.DelayAt(3, TimeSpan.FromMinutes(1), _world.Time.Clock);
        int whilePaused = 0;

        DeploymentResult result = Run(async (pipeline, run) =>
        {
            await pipeline.SignalAsync(run.Id, Signal.Pause("ada"));
            await Task.Delay(TimeSpan.FromHours(5), _world.Time.Clock);
            whilePaused = _world.Target.Transcript.Count;
            await pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
        });

        whilePaused.Should().Be(3, "the effect that ran is finished and no other begins");
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    /// <summary>A pause outlives the process that took it; who takes over also takes the resume that came meanwhile.</summary>
    [Test]
    public void Pause_TheProcessDies_HoldsForTheNextToo([Values] bool resumedBefore)
    {
        _world.Target.DelayAt(3, TimeSpan.FromMinutes(1), _world.Time.Clock);
        var process = new SimulatedProcess();
        int whilePaused = 0;

        DeploymentResult result = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> dying = _world.Pipeline(process).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            DeploymentPipeline pipeline = _world.Pipeline();
            string run = _world.RunOf("1.1.0")!.Id;
            await pipeline.SignalAsync(run, Signal.Pause("ada"));
            await Task.Delay(TimeSpan.FromMinutes(5), _world.Time.Clock);
            if (resumedBefore)
            {
                process.Kill();
                await pipeline.SignalAsync(run, Signal.Resume("ada"));
            }

            process.Kill();
            await FluentActions.Awaiting(() => dying).Should().ThrowAsync<Exception>();
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(run);
            await Task.Delay(TimeSpan.FromHours(5), _world.Time.Clock);
            whilePaused = _world.Target.Transcript.Count;
            if (!resumedBefore)
            {
                await pipeline.SignalAsync(run, Signal.Resume("ada"));
            }

            return await resuming;
        });

        whilePaused.Should().Be(resumedBefore ? 4 : 3);
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    [Test]
    public void PauseAndResume_ThenTheProcessDies_TheNextIsNotPaused()
    {
        _world.Target.DelayAt(3, TimeSpan.FromMinutes(1), _world.Time.Clock);
        var process = new SimulatedProcess();

        DeploymentResult result = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> dying = _world.Pipeline(process).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            DeploymentPipeline pipeline = _world.Pipeline();
            string run = _world.RunOf("1.1.0")!.Id;
            await pipeline.SignalAsync(run, Signal.Pause("ada"));
            await pipeline.SignalAsync(run, Signal.Resume("ada"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            (await pipeline.ReadLogAsync(run)).Entries.Where(entry => entry.Kind == JournalEntryKind.SignalTaken).Should().HaveCount(2);
            process.Kill();
            await FluentActions.Awaiting(() => dying).Should().ThrowAsync<Exception>();
            return await pipeline.ResumeAsync(run);
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    [Test]
    public void Approve_BeforeItIsAskedAndTheProcessDies_StandsForTheNextProcess()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(Moment.BeforeTraffic, timeout: TimeSpan.FromHours(1));
        _world.Target.DelayAt(3, TimeSpan.FromMinutes(1), _world.Time.Clock);
        var process = new SimulatedProcess();

        DeploymentResult result = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> dying = _world.Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, entry => entry.Kind == JournalEntryKind.SignalTaken))).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            RunRecord run = _world.RunOf("1.1.0")!;
            await _world.Pipeline().SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            await FluentActions.Awaiting(() => dying).Should().ThrowAsync<Exception>();
            return await _world.Pipeline().ResumeAsync(run.Id);
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.SignalTaken).And.ContainSingle(entry => entry.Kind == JournalEntryKind.ApprovalGiven);
    }

    [Test]
    public void Abort_WhilePaused_Wins()
    {
        _world.Target.DelayAt(3, TimeSpan.FromMinutes(1), _world.Time.Clock);

        DeploymentResult result = Run(async (pipeline, run) =>
        {
            await pipeline.SignalAsync(run.Id, Signal.Pause("ada"));
            await Task.Delay(TimeSpan.FromHours(5), _world.Time.Clock);
            await pipeline.SignalAsync(run.Id, Signal.Abort("ada"));
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        _world.Target.Now.Revisions.Should().ContainSingle();
    }

    [Test]
    public void Promote_SkipsThePresentWaitOnly()
    {
        _world.Configure = pipeline => pipeline.UseStrategy(PlanStrategy.Shifting(10, 50, 100));
        DateTimeOffset start = _world.Time.Clock.GetUtcNow();

        Run(async (pipeline, run) => await pipeline.SignalAsync(run.Id, Signal.Promote("ada"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        (_world.Time.Clock.GetUtcNow() - start).Should().BeCloseTo(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5));
    }

    [Test]
    public void PromoteFully_SkipsAllWaits()
    {
        _world.Configure = pipeline => pipeline.UseStrategy(PlanStrategy.Shifting(10, 50, 100));
        DateTimeOffset start = _world.Time.Clock.GetUtcNow();

        DeploymentResult result = Run(async (pipeline, run) => await pipeline.SignalAsync(run.Id, Signal.PromoteFully("ada")));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.WaitEnded).Should().HaveCount(3);
        (_world.Time.Clock.GetUtcNow() - start).Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [TestCase(SignalKind.Resume, 2, DeploymentOutcome.Succeeded)]
    [TestCase(SignalKind.Promote, 1, DeploymentOutcome.Succeeded)]
    [TestCase(SignalKind.Abort, 1, DeploymentOutcome.RolledBack)]
    public void FailedCheckToInvestigate_IsHeldForAPerson(SignalKind decision, int looks, DeploymentOutcome outcome)
    {
        var check = new ScriptedCheck("p95").Fails("25% slower").Passes();
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(check, Moment.Shifted, FailureAction.Investigate);

        DeploymentResult result = Run(async (pipeline, run) =>
        {
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            _world.RunOf("1.1.0")!.Reason.Should().Contain("25% slower");
            await pipeline.SignalAsync(run.Id, new Signal { Kind = decision, By = "ada" });
        });

        result.Outcome.Should().Be(outcome);
        check.Evaluations.Should().HaveCount(looks);
    }

    [Test]
    public void MissingData_NeverPasses()
    {
        var check = new ScriptedCheck("p95").HasInsufficientData("no samples").Passes();
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(check, Moment.Shifted);

        Run(async (pipeline, run) =>
        {
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            await pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
        }).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        check.Evaluations.Should().HaveCount(2);
    }

    [Test]
    public void CancelTheToken_GoesBackByDefault()
    {
        using var cancel = new CancellationTokenSource();
        _world.Configure = pipeline => pipeline.UseStrategy(PlanStrategy.Shifting(10, 100));

        DeploymentResult result = Run((_, _) => { cancel.Cancel(); return Task.CompletedTask; }, cancel.Token);

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("The host cancelled the deployment.");
    }

    [Test]
    public void CancelTheToken_WithDetach_LeavesTheRunOpenForTheNext()
    {
        using var cancel = new CancellationTokenSource();
        _world.Configure = pipeline => pipeline.UseStrategy(PlanStrategy.Shifting(10, 100)).ConfigureEngine(engine => engine.OnCancellation = CancellationPolicy.Detach);

        FluentActions.Invoking(() => Run((_, _) => { cancel.Cancel(); return Task.CompletedTask; }, cancel.Token)).Should().Throw<OperationCanceledException>();

        DateTimeOffset start = _world.Time.Clock.GetUtcNow();
        IReadOnlyList<DeploymentResult> results = _world.Time.Run(() => _world.Pipeline().ResumeAllAsync());
        results.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        (_world.Time.Clock.GetUtcNow() - start).Should().BeLessThan(TimeSpan.FromMinutes(10.1), "the time already waited counts, and a released lease is taken at once");
    }

    [Test]
    public void Resume_LongAfterTheWaitWasOver_GoesOnAtOnce()
    {
        _world.Configure = pipeline => pipeline.UseStrategy(PlanStrategy.Shifting(100));
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.WaitStarted);
        _world.Time.Clock.Advance(TimeSpan.FromHours(3));
        DateTimeOffset start = _world.Time.Clock.GetUtcNow();

        _world.Resume().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        (_world.Time.Clock.GetUtcNow() - start).Should().BeLessThan(TimeSpan.FromMinutes(1), "only the lease of the dead process is waited for");
    }

    [Test]
    public void Reject_BeforeItIsAsked_TakesBackAnApprovalThatWasGivenAhead()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(Moment.BeforeTraffic, timeout: TimeSpan.FromHours(1));
        _world.Target.DelayAt(3, TimeSpan.FromMinutes(1), _world.Time.Clock);

        DeploymentResult result = Run(async (pipeline, run) =>
        {
            await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            await pipeline.SignalAsync(run.Id, Signal.Reject("bob"));
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("Nobody decided within");
    }

    [Test]
    public void AbortThenResume_InOneLook_GoesBack()
    {
        var check = new ScriptedCheck("p95").Fails("25% slower").Passes();
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(check, Moment.Shifted, FailureAction.Investigate);

        Run(async (pipeline, run) =>
        {
            await pipeline.SignalAsync(run.Id, Signal.Abort("ada"));
            await pipeline.SignalAsync(run.Id, Signal.Resume("bob"));
        }).Outcome.Should().Be(DeploymentOutcome.RolledBack);
        check.Evaluations.Should().HaveCount(1);
    }

    [Test]
    public void MissingData_HeldWhenTheProcessDies_IsLookedAtAgainByTheNext()
    {
        var check = new ScriptedCheck("p95").HasInsufficientData("no samples").Passes();
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(check, Moment.Shifted);
        var process = new SimulatedProcess();

        DeploymentResult result = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> dying = _world.Pipeline(process).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            process.Kill();
            await FluentActions.Awaiting(() => dying).Should().ThrowAsync<Exception>();
            return await _world.Pipeline().ResumeAsync(_world.RunOf("1.1.0")!.Id);
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    [Test]
    public void CancelTheToken_WithDetachInTheMiddleOfAnEffect_LeavesItInDoubtNotFailed()
    {
        using var cancel = new CancellationTokenSource();
        _world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromHours(2) })
            .ConfigureEngine(engine => engine.OnCancellation = CancellationPolicy.Detach);
        _world.Target.DelayAt(3, TimeSpan.FromHours(1), _world.Time.Clock);

        FluentActions.Invoking(() => Run((_, _) => { cancel.Cancel(); return Task.CompletedTask; }, cancel.Token)).Should().Throw<OperationCanceledException>();

        _world.Time.Run(() => _world.Pipeline().ResumeAllAsync()).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Signal_ToARunThatEnded_IsRefused()
    {
        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().SignalAsync(_world.RunOf("1.0.0")!.Id, Signal.Abort("ada"))))
            .Should().Throw<DeploymentException>().WithMessage("*has ended (Succeeded)*");
    }

    [Test]
    public void Approval_WhileItIsAwaited_TheRunIsHeldAndThenRuns()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(Moment.BeforeTraffic, "lead");
        RunRecord? held = null;
        RunRecord? going = null;

        Run(async (pipeline, run) =>
        {
            held = _world.RunOf("1.1.0");
            _world.Target.DelayAt(4, TimeSpan.FromMinutes(1), _world.Time.Clock);
            await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            await Task.Delay(TimeSpan.FromSeconds(30), _world.Time.Clock);
            going = _world.RunOf("1.1.0");
        }).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        held!.State.Should().Be(RunState.Held);
        held.Reason.Should().Contain("waits for lead");
        going!.State.Should().Be(RunState.Running);
        going.Reason.Should().BeNull();
    }

    [Test]
    public void Hold_OfTwoLanesWithOneAnswered_IsStillHeld()
    {
        var other = new FakeTarget("other");
        _world.Configure = pipeline => pipeline.UseBlueGreen().DeployTo(other)
            .Check(new ScriptedCheck("p95").HasInsufficientData("no samples").HasInsufficientData("no samples").HasInsufficientData("none yet").Passes(), Moment.BeforeTraffic);
        List<RunState> states = [];

        Run(async (pipeline, run) =>
        {
            states.Add(_world.RunOf("1.1.0")!.State);
            await pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            // One lane's check has passed by now, the other's still lacks data.
            states.Add(_world.RunOf("1.1.0")!.State);
            await pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
        }).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        states.Should().Equal(RunState.Held, RunState.Held);
    }

    [Test]
    public void Pause_WhileItLasts_TheRunIsHeld()
    {
        _world.Configure = pipeline => pipeline.UseStrategy(PlanStrategy.Shifting(10, 100));
        RunRecord? paused = null;

        Run(async (pipeline, run) =>
        {
            await pipeline.SignalAsync(run.Id, Signal.Pause("ada"));
            await Task.Delay(TimeSpan.FromMinutes(6), _world.Time.Clock);
            paused = _world.RunOf("1.1.0");
            await pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
        }).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        paused!.State.Should().Be(RunState.Held);
        paused.Reason.Should().Contain("paused");
    }

    [Test]
    public void Resume_OfARunThatWasHeldButIsNot_SaysThatItRuns()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(Moment.BeforeTraffic, "lead");
        var process = new SimulatedProcess();

        _world.Time.Run(async () =>
        {
            Task<DeploymentResult> dying = _world.Pipeline(process).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            process.Kill();
            await FluentActions.Awaiting(() => dying).Should().ThrowAsync<Exception>();
            RunRecord run = _world.RunOf("1.1.0")!;
            run.State.Should().Be(RunState.Held);
            await _world.Pipeline().SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            _world.Target.DelayAt(4, TimeSpan.FromMinutes(1), _world.Time.Clock);
            Task<DeploymentResult> resuming = _world.Pipeline().ResumeAsync(run.Id);
            await Task.Delay(TimeSpan.FromSeconds(30), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Running);
            (await resuming).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        });
    }

    [Test]
    public void Abort_DuringTheLastStep_Wins()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("tell", Moment.Complete, step => step.Run((_, token) => Task.Delay(TimeSpan.FromSeconds(10), _world.Time.Clock, token)).NothingToUndo());

        DeploymentResult result = Run((pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Abort("ada")));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("Abort by ada");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Approve_TwiceAtOneGate_DoesNotOpenTheNext()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(Moment.Start)
            .Step("drop", Moment.Shifted, step => step.Run((_, _) => Task.CompletedTask).CannotBeUndone("The data is gone."));

        DeploymentResult result = Run(async (pipeline, run) =>
        {
            await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held, "the Go/No-Go before the point of no return still waits");
            await pipeline.SignalAsync(run.Id, Signal.Reject("bob"));
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.SignalTaken && entry.Text!.Contains("only the first one may be given ahead"));
    }

    [Test]
    public void Detach_WhileAnUndoFails_JournalsWhatFailed()
    {
        using var host = new CancellationTokenSource();
        _world.Configure = pipeline => pipeline.UseBlueGreen().ConfigureEngine(engine => engine.OnCancellation = CancellationPolicy.Detach);
        _world.Smoke = context => context.Subject.Candidate.Version == "1.1.0" ? Verdict.Fail("bad") : Verdict.Pass("well");
        _world.Target.Before = (effect, _) =>
        {
            if (effect.Verb == "remove")
            {
                host.Cancel();
                throw new DeploymentException("the disk says no");
            }

            return Task.CompletedTask;
        };

        DeploymentResult result = _world.Time.Run(() => _world.Pipeline().DeployAsync(World.Version("1.1.0"), host.Token));

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("'Undo: Install shop_1.1.0_1' failed: the disk says no");
    }

    /// <summary>Deploys 1.1.0, and does something once a minute of virtual time has passed.</summary>
    private DeploymentResult Run(Func<DeploymentPipeline, RunRecord, Task> then, CancellationToken cancellationToken = default) => _world.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = _world.Pipeline();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
        await then(pipeline, _world.RunOf("1.1.0")!);
        return await deploying;
    });
}
