using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class PointOfNoReturnTests
{
    private World _world = null!;
    private int _attempts;

    [SetUp]
    public void MakeWorld()
    {
        _attempts = 0;
        _world = new World();
        _world.Deploy("1.0.0");
        _world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("drop the old column", Moment.Shifted, step => step.Run((_, _) => Task.CompletedTask).MayBeRepeated().CannotBeUndone("The data is gone."))
            .Step("tidy up", Moment.Complete, step => step
                .Run((_, _) => ++_attempts == 1 ? throw new DeploymentException("no space left") : Task.CompletedTask).MayBeRepeated().NothingToUndo());
    }

    [Test]
    public void Plan_PrintsItAndPutsAGoNoGoBeforeIt()
    {
        Runbook plan = _world.Time.Run(() => _world.Pipeline().PlanAsync(World.Version("1.1.0")));

        plan.PointOfNoReturn!.Title.Should().Be("drop the old column");
        List<RunbookStep> steps = [.. plan.Steps];
        steps[steps.IndexOf(plan.PointOfNoReturn) - 1].Should().BeOfType<ApprovalStep>();
        plan.ToMarkdown().Should().Contain("| point of no return | **drop the old column**: The data is gone. |");
    }

    [Test]
    public void FailureAfterIt_IsHeld_AndResumeTriesAgain() => Run(Signal.Resume("ada")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

    [Test]
    public void FailureAfterIt_IsHeld_AndPromoteTakesTheStepAsDone()
    {
        Run(Signal.Promote("ada")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _attempts.Should().Be(1);
    }

    [Test]
    public void FailureAfterIt_IsHeld_AndAbortEndsTheRunAsItIs()
    {
        DeploymentResult result = Run(Signal.Abort("ada"));

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("past its point of no return");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100", "what was done is left as it is");
    }

    /// <summary>An abort past it takes nothing back: it holds the run, and a person can withdraw it or insist.</summary>
    [TestCase(SignalKind.Resume, DeploymentOutcome.Succeeded)]
    [TestCase(SignalKind.Abort, DeploymentOutcome.NeedsAttention)]
    public void AbortPastIt_IsHeld_AndAPersonWithdrawsItOrInsists(SignalKind decision, DeploymentOutcome outcome)
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().ConfigureEngine(engine => engine.AbortGrace = TimeSpan.Zero)
            .Step("drop the old column", Moment.Shifted, step => step.Run((_, _) => Task.CompletedTask).MayBeRepeated().CannotBeUndone("The data is gone."))
            .Check(new ScriptedCheck("error rate").Answers(async (context, cancellationToken) =>
            {
                await Task.Delay(TimeSpan.FromMinutes(1), context.TimeProvider, cancellationToken);
                return Verdict.Pass("0.1%");
            }), Moment.Complete);

        DeploymentResult result = _world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = _world.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(5), _world.Time.Clock);
            RunRecord run = _world.RunOf("1.1.0")!;
            await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            await Task.Delay(TimeSpan.FromSeconds(5), _world.Time.Clock);
            await pipeline.SignalAsync(run.Id, Signal.Abort("ada", "enough"));
            await Task.Delay(TimeSpan.FromSeconds(5), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            _world.RunOf("1.1.0")!.Reason.Should().Contain("Abort by ada: enough").And.Contain("can't be undone");
            await pipeline.SignalAsync(run.Id, new Signal { Kind = decision, By = "bob" });
            await Task.Delay(TimeSpan.FromSeconds(5), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(decision == SignalKind.Resume ? RunState.Running : RunState.Ended);
            return await deploying;
        });

        result.Outcome.Should().Be(outcome, result.Reason);
        (result.Reason ?? "").Should().StartWith(decision == SignalKind.Abort ? "Abort by ada: enough." : "");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    [Test]
    public void HostCancelsWhileItIsHeld_EndsTheRunAsItIs()
    {
        using var cancel = new CancellationTokenSource();

        DeploymentResult result = RunUntilHeld((_, _) => { cancel.Cancel(); return Task.CompletedTask; }, cancel.Token);

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("no space left").And.Contain("past its point of no return");
        result.Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.AbortRequested && entry.Text == "The host cancelled the deployment.");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100", "what was done is left as it is");
        _world.Store.ListClaimsAsync(default).Result.Should().BeEmpty();
    }

    [Test]
    public void HostDetachesWhileItIsHeld_LeavesItHeldForTheNext()
    {
        using var cancel = new CancellationTokenSource();
        _world.Configure += pipeline => pipeline.ConfigureEngine(engine => engine.OnCancellation = CancellationPolicy.Detach);

        FluentActions.Invoking(() => RunUntilHeld((_, _) => { cancel.Cancel(); return Task.CompletedTask; }, cancel.Token)).Should().Throw<OperationCanceledException>();

        RunRecord run = _world.RunOf("1.1.0")!;
        run.State.Should().Be(RunState.Held);
        _world.Time.Run(async () =>
        {
            Task<DeploymentResult> resuming = _world.Pipeline().ResumeAsync(run.Id);
            await _world.Pipeline().SignalAsync(run.Id, Signal.Resume("ada"));
            (await resuming).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        });
        _attempts.Should().Be(2);
    }

    private DeploymentResult Run(Signal decision) => RunUntilHeld((pipeline, run) => pipeline.SignalAsync(run.Id, decision));

    private DeploymentResult RunUntilHeld(Func<DeploymentPipeline, RunRecord, Task> then, CancellationToken cancellationToken = default) => _world.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = _world.Pipeline();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(5), _world.Time.Clock);
        RunRecord run = _world.RunOf("1.1.0")!;
        await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
        await Task.Delay(TimeSpan.FromSeconds(5), _world.Time.Clock);
        _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
        _world.RunOf("1.1.0")!.Reason.Should().Contain("no space left").And.Contain("can't be undone");
        await then(pipeline, run);
        return await deploying;
    });

    [Test]
    public void FailureAfterIt_BesideALaneThatWentBack_IsHeldAtTheStepThatCanBeTriedAgain()
    {
        int tries = 0;
        var world = new World();
        var bad = new FakeTarget("bad");
        var late = new FakeTarget("late");
        world.Configure = pipeline => pipeline.UseBlueGreen().DeployTo(bad).DeployTo(late).WithLanes(new LanePolicy { MaxFailures = 1, MaxConcurrency = 1 })
            .Step("contract", Moment.Start, step => step.Run((_, _) => Task.CompletedTask).CannotBeUndone("gone"));
        bad.FailOn("install");
        late.Before = (effect, _) => effect.Verb == "install" && ++tries == 1 ? throw new DeploymentException("once") : Task.CompletedTask;

        DeploymentResult result = world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), world.Time.Clock);
            RunRecord run = world.RunOf("1.1.0")!;
            await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            await Task.Delay(TimeSpan.FromSeconds(5), world.Time.Clock);
            world.RunOf("1.1.0")!.Reason.Should().Contain("once");
            await pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
            return await deploying;
        });

        tries.Should().Be(2);
        result.Outcome.Should().Be(DeploymentOutcome.PartlySucceeded, result.Reason);
        late.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }
}
