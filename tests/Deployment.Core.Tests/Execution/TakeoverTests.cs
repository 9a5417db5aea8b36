using System.Diagnostics;
using Deployment.Commands;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Tests.Commands;

namespace Deployment.Tests.Execution;

/// <summary>A process goes on with another one's run and can't see, or can't end, all that it should.</summary>
[Category("Unit")]
public sealed class TakeoverTests
{
    private World _world = null!;
    private Wall _other = null!;
    private SimulatedProcess _process = null!;

    [SetUp]
    public void DieAfterTheFirstSwitch()
    {
        _world = new World();
        _other = new Wall("other");
        _world.Configure = pipeline => pipeline.UseBlueGreen().DeployTo(_other);
        _world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _process = new SimulatedProcess();
        _world.Target.After = (effect, _) =>
        {
            if (effect.Verb == "route")
            {
                _process.Kill();
            }

            return Task.CompletedTask;
        };
        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline(_process).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        _world.Target.After = null;
    }

    [TestCase(Seen.Never)]
    [TestCase(Seen.Hangs)]
    public void Abort_WithATargetThatCannotBeSeen_GoesBackAllTheSame(Seen seen)
    {
        _other.Seen = seen;
        string id = _world.RunOf("1.1.0")!.Id;
        _world.Time.Run(() => _world.Pipeline().SignalAsync(id, Signal.Abort("ada")));

        DeploymentResult result = _world.Time.Run(() => _world.Pipeline().ResumeAsync(id));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        _world.Store.ListClaimsAsync(default).Result.Should().BeEmpty();
    }

    [Test]
    public void Resume_TargetCannotBeSeenForAWhile_IsHeldUntilItIs()
    {
        _other.Seen = Seen.Never;

        DeploymentResult result = _world.Time.Run(async () =>
        {
            RunRecord run = _world.RunOf("1.1.0")!;
            Task<DeploymentResult> resuming = _world.Pipeline().ResumeAsync(run.Id);
            await Task.Delay(TimeSpan.FromMinutes(1), _world.Time.Clock);
            _world.RunOf("1.1.0")!.Reason.Should().Contain("The target other can't be looked at: other can't be reached");
            await _world.Pipeline().SignalAsync(run.Id, Signal.Resume("ada"));
            await Task.Delay(TimeSpan.FromMinutes(1), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held, "it was looked at again, in vain");
            _other.Seen = Seen.Yes;
            await _world.Pipeline().SignalAsync(run.Id, Signal.Resume("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        _other.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    [TestCase(true, DeploymentOutcome.Succeeded)]
    [TestCase(false, DeploymentOutcome.NeedsAttention)]
    public void Resume_CommandOfTheDeadProcessCannotBeEnded_IsHeldAndNeverSaidToBeRolledBack(bool promote, DeploymentOutcome outcome)
    {
        var world = new World();
        world.Deploy("1.0.0");
        var process = new SimulatedProcess();
        var commands = new RecordingCommandRunner();
        bool hangs = true;
        commands.When("import").Answers(async (_, token) =>
        {
            await Task.Delay(hangs ? TimeSpan.FromHours(5) : TimeSpan.Zero, world.Time.Clock, token);
            return new CommandResult(0, "", "", TimeSpan.Zero);
        });
        world.Configure = pipeline => pipeline.UseBlueGreen().UseCommands(new Unending(commands))
            .Step("import", Moment.Installed, step => step.Command(Command.Of("import")).MayBeRepeated().UndoBy((_, _) => Task.CompletedTask));
        DeploymentResult result = world.Time.Run(async () =>
        {
            Task<DeploymentResult> dying = world.Pipeline(process).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), world.Time.Clock);
            process.Kill();
            await FluentActions.Awaiting(() => dying).Should().ThrowAsync<Exception>();
            RunRecord run = world.RunOf("1.1.0")!;
            hangs = false;
            Task<DeploymentResult> resuming = world.Pipeline().ResumeAsync(run.Id);
            await Task.Delay(TimeSpan.FromMinutes(1), world.Time.Clock);
            world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            world.RunOf("1.1.0")!.Reason.Should().Contain("may still run: It runs on another host");
            await world.Pipeline().SignalAsync(run.Id, promote ? Signal.Promote("ada") : Signal.Abort("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(outcome, result.Reason);
    }

    private const int EndedBySigterm = 128 + 15;

    [TestCase(false)]
    [TestCase(true)]
    public async Task Resume_CommandWasStartedButNotJournaled_IsEndedFirst(bool known)
    {
        var store = new InMemoryDeploymentStore();
        var target = new FakeTarget("web");
        var process = new SimulatedProcess();
        Process? stray = null;
        DeploymentPipeline Pipeline(SimulatedProcess mine) => DeploymentPipeline.Create("shop").DeployTo(mine.Reach(target)).UseBlueGreen().UseStore(mine.Reach(store))
            .ConfigureEngine(engine => engine.LeaseTerm = TimeSpan.FromMilliseconds(200))
            .Step("import", Moment.Installed, step => step.MayBeRepeated().NothingToUndo().Run(async (context, cancellationToken) =>
            {
                if (stray is not null)
                {
                    return;
                }

                string mark = CommandMark.Of(context.RunId, context.StepId, context.Epoch, 1);
                if (known)
                {
                    // Its mark is in the journal; what it left running made itself a session of its own, as daemons do.
                    (await context.Commands.RunAsync(Command.Of("printenv", CommandMark.Variable), null, cancellationToken)).Output.Trim().Should().Be(mark);
                }

                var start = new ProcessStartInfo("setsid", ["sleep", "60"]);
                start.Environment[CommandMark.Variable] = mark;
                stray = Process.Start(start)!;
                // setsid makes its session, and becomes sleep, only after it was started; the command runner's own children are born with both.
                await Wait.UntilAsync(
                    () => ProcessStat.Read(stray.Id) is { } stat && stat.Session == stat.ProcessId && File.ReadAllText($"/proc/{stray.Id}/comm").Trim() == "sleep",
                    "the stray leads its session");
                process.Kill();
                throw new InvalidOperationException("It died right after it had started a command.");
            })).Build();
        await FluentActions.Awaiting(() => Pipeline(process).DeployAsync(World.Version("1.0.0"))).Should().ThrowAsync<Exception>();
        try
        {
            DeploymentResult result = (await Pipeline(new SimulatedProcess()).ResumeAllAsync()).Should().ContainSingle().Subject;

            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
            if (known)
            {
                stray!.HasExited.Should().BeFalse();
                return;
            }

            // A child that was ended is a zombie until the runtime has heard of it. By itself it would end with 0, and much later.
            await Wait.UntilAsync(() => stray!.HasExited, "the runtime has reaped it");
            stray!.ExitCode.Should().Be(EndedBySigterm);
        }
        finally
        {
            stray?.Kill(entireProcessTree: true);
            stray?.Dispose();
        }
    }

    public enum Seen
    {
        Yes,
        Never,
        Hangs,
    }

    private sealed class Unending(ICommandRunner inner) : ICommandRunner
    {
        public Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken) => inner.RunAsync(command, observer, cancellationToken);

        public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => throw new DeploymentException("It runs on another host.");
    }

    private sealed class Wall(string name) : DeploymentTarget(name), IHostRevisions, ISplitTraffic
    {
        private readonly FakeTarget _inner = new(name);

        internal Seen Seen { get; set; }

        internal Observation Now => _inner.Now;

        public override IReadOnlyList<Verb> Verbs => _inner.Verbs;

        public TrafficLimits Limits => _inner.Limits;

        public override string? Refuses(Artifact artifact) => null;

        public override async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
        {
            if (Seen == Seen.Hangs)
            {
                await new TaskCompletionSource().Task;
            }

            return Seen == Seen.Never ? throw new DeploymentException("other can't be reached") : await _inner.ObserveAsync(cancellationToken);
        }

        public Operation Install(Revision revision) => _inner.Install(revision);

        public Operation Remove(RevisionId revision) => _inner.Remove(revision);

        public Operation Route(TrafficSplit split) => ((ISplitTraffic)_inner).Route(split);
    }
}
