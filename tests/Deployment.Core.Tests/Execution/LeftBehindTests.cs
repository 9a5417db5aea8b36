using Deployment.Commands;
using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>Code that doesn't listen when it is told to stop: abort, time-out and a lost lease win, and the outcome stays truthful.</summary>
[Category("Unit")]
public sealed class LeftBehindTests
{
    private World _world = null!;

    [SetUp]
    public void DeployTheOld()
    {
        _world = new World();
        _world.Deploy("1.0.0");
    }

    [Test]
    public void Abort_EffectIgnoresItsToken_GoesBackAndNeedsAttention()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromDays(1) })
            .ConfigureEngine(engine => engine.AbortGrace = TimeSpan.FromSeconds(10));
        IgnoreTokenOnInstall(TimeSpan.FromDays(2));
        DateTimeOffset start = _world.Time.Clock.GetUtcNow();

        DeploymentResult result = Abort();

        (_world.Time.Clock.GetUtcNow() - start).Should().BeLessThan(TimeSpan.FromMinutes(1));
        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention, "the effect may land after its undo");
        result.Reason.Should().Contain("'Install shop_1.1.0_1' was still running when it was undone");
        result.Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.StepFailed && entry.Text!.Contains("left behind"));
    }

    [Test]
    public void Timeout_EffectIgnoresItsToken_GoesBackAndNeedsAttention()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromMinutes(1), Attempts = 3 });
        IgnoreTokenOnInstall(TimeSpan.FromDays(2));
        DateTimeOffset start = _world.Time.Clock.GetUtcNow();

        DeploymentResult result = _world.Deploy("1.1.0");

        (_world.Time.Clock.GetUtcNow() - start).Should().BeLessThan(TimeSpan.FromMinutes(4), "it isn't run beside itself");
        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("did not finish within 00:01:00");
    }

    [Test]
    public void Timeout_EffectEndsLateButBeforeItsUndo_IsRolledBack()
    {
        // The other lane holds the way back up for an hour.
        var slow = new FakeTarget("slow");
        _world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromHours(2) })
            .DeployTo(slow).WithLanes(new LanePolicy { FinishRunningLanes = true });
        slow.DelayAt(1, TimeSpan.FromHours(1), _world.Time.Clock);
        _world.Configure += pipeline => pipeline.Step("warm", Moment.Installed, step =>
        {
            step.Retry = new() { Timeout = TimeSpan.FromMinutes(1) };
            step.Run((context, _) => context.StepId.Contains("slow") ? Task.CompletedTask : Task.Delay(TimeSpan.FromMinutes(10), _world.Time.Clock, CancellationToken.None)).NothingToUndo();
        });

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.StepFailed && entry.Text!.Contains("left behind"));
    }

    [Test]
    public void LostLease_EffectIgnoresItsToken_EndsTheCallAllTheSame()
    {
        IgnoreTokenOnInstall(TimeSpan.FromDays(2));
        DateTimeOffset start = _world.Time.Clock.GetUtcNow();

        _world.Time.Run(async () =>
        {
            Task<DeploymentResult> sleeper = _world.Pipeline().DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time.Clock);
            _world.Target.Before = null;
            await _world.Pipeline().ResumeAsync(_world.RunOf("1.1.0")!.Id, force: true);

            await FluentActions.Awaiting(() => sleeper).Should().ThrowAsync<LeaseLostException>();
        });

        (_world.Time.Clock.GetUtcNow() - start).Should().BeLessThan(TimeSpan.FromMinutes(2));
    }

    [Test]
    public void LeftBehind_StartsNoMoreCommands()
    {
        var commands = new RecordingCommandRunner();
        Exception? refused = null;
        _world.Configure = pipeline => pipeline.UseBlueGreen().UseCommands(commands)
            .ConfigureEngine(engine => engine.AbortGrace = TimeSpan.Zero)
            .Step("warm", Moment.Installed, step => step.Run(async (context, _) =>
            {
                await Task.Delay(TimeSpan.FromMinutes(10), _world.Time.Clock, CancellationToken.None);
                refused = await Caught(() => context.Commands.RunAsync(Command.Of("rm", "everything"), null, CancellationToken.None));
            }).NothingToUndo());

        Abort(then: TimeSpan.FromHours(1));

        refused.Should().BeOfType<DeploymentException>().Which.Message.Should().Contain("`rm` was not started");
        commands.Commands.Should().BeEmpty();
    }

    [Test]
    public void Abort_CheckIgnoresItsToken_GoesBack()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(new StubbornCheck(_world.Time.Clock), Moment.BeforeTraffic);
        DateTimeOffset start = _world.Time.Clock.GetUtcNow();

        DeploymentResult result = Abort();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        (_world.Time.Clock.GetUtcNow() - start).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    [Test]
    public void Resume_ProbeNeverAnswers_IsHeldAfterTheTimeout()
    {
        _world = new World { Target = new FakeTarget("web", repeatability: Repeatability.Probeable) };
        var process = new SimulatedProcess();
        _world.Configure = pipeline => pipeline.UseBlueGreen().Step("charge", Moment.Installed, step =>
        {
            step.Retry = new() { Timeout = TimeSpan.FromMinutes(5) };
            step.Run((_, _) => Task.Delay(TimeSpan.FromHours(9), _world.Time.Clock, CancellationToken.None))
            .ProbeBy(async (_, _) =>
            {
                await Task.Delay(TimeSpan.FromDays(9), _world.Time.Clock, CancellationToken.None);
                return ProbeResult.TookEffect;
            }).NothingToUndo();
        });

        DeploymentResult result = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> dying = _world.Pipeline(process).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            process.Kill();
            await FluentActions.Awaiting(() => dying).Should().ThrowAsync<Exception>();
            RunRecord run = _world.RunOf("1.1.0")!;
            Task<DeploymentResult> resuming = _world.Pipeline().ResumeAsync(run.Id);
            await Task.Delay(TimeSpan.FromMinutes(6.5), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            await _world.Pipeline().SignalAsync(run.Id, Signal.Promote("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    [Test]
    public void Abort_CheckSaysInItsOwnWordsThatItWasCancelled_GoesBack()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(new WrappingCheck(_world.Time.Clock), Moment.Shifted);

        DeploymentResult result = Abort();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Abort_CommandCannotBeEnded_IsNeverSaidToBeRolledBack()
    {
        var commands = new RecordingCommandRunner();
        commands.When("sudo").Answers(async (_, token) =>
        {
            await Caught(() => Task.Delay(TimeSpan.FromHours(5), _world.Time.Clock, token));
            throw new CommandNotEndedException("The process group 7 is still there.");
        });
        _world.Configure = pipeline => pipeline.UseBlueGreen().UseCommands(commands).Step("tidy", Moment.Installed, step => step.Command(Command.Of("sudo", "x")).UndoBy((_, _) => Task.CompletedTask));

        DeploymentResult result = Abort();

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("'tidy' was still running when it was undone");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Detach_ThenResumedByTheSameProcess_IsNeverRunBesideItself(bool aborts)
    {
        int running = 0;
        int most = 0;
        _world.Configure = pipeline => pipeline.UseBlueGreen()
            .ConfigureEngine(engine => (engine.OnCancellation, engine.AbortGrace) = (CancellationPolicy.Detach, TimeSpan.Zero))
            .Step("charge", Moment.Installed, step => step.MayBeRepeated().UndoBy((_, _) => Task.CompletedTask).Run(async (_, _) =>
            {
                most = Math.Max(most, ++running);
                await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock, CancellationToken.None);
                running--;
            }));

        _world.Time.Run(async () =>
        {
            using var host = new CancellationTokenSource();
            DeploymentPipeline pipeline = _world.Pipeline();
            Task<DeploymentResult> first = pipeline.DeployAsync(World.Version("1.1.0"), host.Token);
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
            host.Cancel();
            await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
            string id = _world.RunOf("1.1.0")!.Id;
            if (aborts)
            {
                await pipeline.SignalAsync(id, Signal.Abort("ada"));
            }

            DeploymentResult result = await pipeline.ResumeAsync(id);

            most.Should().Be(1);
            result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention, "its effect may land after its undo");
        });
    }

    private static async Task<Exception?> Caught(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private void IgnoreTokenOnInstall(TimeSpan delay) =>
        _world.Target.Before = (effect, _) => effect.Verb == "install" ? Task.Delay(delay, _world.Time.Clock, CancellationToken.None) : Task.CompletedTask;

    private DeploymentResult Abort(TimeSpan then = default) => _world.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = _world.Pipeline();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
        await Task.Delay(TimeSpan.FromSeconds(2), _world.Time.Clock);
        await pipeline.SignalAsync(_world.RunOf("1.1.0")!.Id, Signal.Abort("ada"));
        DeploymentResult result = await deploying;
        await Task.Delay(then, _world.Time.Clock);
        return result;
    });

    private sealed class StubbornCheck(TimeProvider time) : Check("stubborn", CheckKind.Health)
    {
        public override CheckDescription Describe(CheckSubject subject) => new(["wait"], "It passes.");

        public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromDays(2), time, CancellationToken.None);
            return Verdict.Pass("well");
        }
    }

    private sealed class WrappingCheck(TimeProvider time) : Check("wrapping", CheckKind.Health)
    {
        public override CheckDescription Describe(CheckSubject subject) => new(["wait"], "It passes.");

        public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
        {
            try
            {
                await Task.Delay(TimeSpan.FromMinutes(2), time, cancellationToken);
            }
            catch (OperationCanceledException error)
            {
                throw new InvalidOperationException("Status(StatusCode=\"Cancelled\")", error);
            }

            return Verdict.Pass("well");
        }
    }
}
