using Deployment.Notifications;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>What pauses a run in its last step holds it before it ends.</summary>
[Category("Unit")]
public sealed class PauseAtTheEndTests
{
    private readonly List<Notice> _told = [];
    private World _world = null!;

    [SetUp]
    public void MakeWorld()
    {
        _told.Clear();
        _world = new World();
        _world.Deploy("1.0.0");
        _world.Configure = pipeline => pipeline.UseBlueGreen().Role("rollback owner", "ada").Notify(new Teller(_told))
            .Step("tidy up", Moment.Complete, step => step.Run((_, cancellationToken) => Task.Delay(TimeSpan.FromSeconds(50), _world.Time.Clock, cancellationToken)).MayBeRepeated().NothingToUndo());
    }

    [TestCase(SignalKind.Resume, DeploymentOutcome.Succeeded)]
    [TestCase(SignalKind.Abort, DeploymentOutcome.RolledBack)]
    public void Report_InTheLastStep_IsHeldUntilAPersonDecides(SignalKind decision, DeploymentOutcome outcome)
    {
        DeploymentResult result = Run(Signal.Report("eve", IncidentKind.Other, "a typo"), decision);

        result.Outcome.Should().Be(outcome, result.Reason);
        (result.Log.Entries[^1].At - result.Log.Entries[0].At).Should().BeGreaterThan(TimeSpan.FromHours(1));
        _told.Select(told => (told.Role, told.Person, told.Title)).Should().Equal(
            ("rollback owner", "ada", "shop 1.1.0 in production is paused by a report"),
            ("backup owner", null, "shop 1.1.0 in production is paused by a report"));
        _told[0].Text.Should().Be("Reported by eve: a typo. The run is paused. Resume to go on, abort to go back, or supersede it with a newer release (SupersedeAsync).");
    }

    [Test]
    public void Pause_InTheLastStep_IsHeldUntilAPersonResumes()
    {
        Run(Signal.Pause("eve"), SignalKind.Resume).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _told.Should().BeEmpty("whoever paused it knows");
    }

    [Test]
    public void Resume_DiedWhenItWasPausedInTheLastStep_IsHeldByTheNextProcessToo()
    {
        var process = new SimulatedProcess();

        DeploymentResult result = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = _world.Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, entry => entry.Kind == JournalEntryKind.StepSucceeded && entry.Step!.EndsWith("tidy-up", StringComparison.Ordinal)))).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(20), _world.Time.Clock);
            string run = _world.RunOf("1.1.0")!.Id;
            await _world.Pipeline().SignalAsync(run, Signal.Pause("eve"));
            await FluentActions.Awaiting(() => deploying).Should().ThrowAsync<Exception>();
            DeploymentPipeline next = _world.Pipeline();
            Task<DeploymentResult> resuming = next.ResumeAsync(run);
            await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            await next.SignalAsync(run, Signal.Resume("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    /// <summary>Nobody knows whether the process that took the report has told of it.</summary>
    [Test]
    public void Resume_DiedWhenItWasPausedByAReport_TheOwnerIsTold()
    {
        var process = new SimulatedProcess();

        _world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = _world.Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, entry => entry.Kind == JournalEntryKind.SignalTaken))).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(20), _world.Time.Clock);
            string run = _world.RunOf("1.1.0")!.Id;
            await _world.Pipeline().SignalAsync(run, Signal.Report("eve", IncidentKind.Other, "a typo"));
            await FluentActions.Awaiting(() => deploying).Should().ThrowAsync<Exception>();
            _told.Clear();
            DeploymentPipeline next = _world.Pipeline();
            Task<DeploymentResult> resuming = next.ResumeAsync(run);
            await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
            await next.SignalAsync(run, Signal.Resume("ada"));
            return await resuming;
        }).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _told.Select(told => (told.Role, told.Title)).Should().Equal(
            ("rollback owner", "shop 1.1.0 in production is paused by a report"),
            ("backup owner", "shop 1.1.0 in production is paused by a report"));
        _told[0].Text.Should().StartWith("Reported by eve: a typo. The run is paused. Resume to go on");
    }

    [Test]
    public void Resume_DiedWhenTheOwnerWasTold_OnlyTheBackupIsToldAnew()
    {
        var process = new SimulatedProcess();

        _world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = _world.Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, entry => entry.Kind == JournalEntryKind.Notified))).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(20), _world.Time.Clock);
            string run = _world.RunOf("1.1.0")!.Id;
            await _world.Pipeline().SignalAsync(run, Signal.Report("eve", IncidentKind.Other, "a typo"));
            await FluentActions.Awaiting(() => deploying).Should().ThrowAsync<Exception>();
            DeploymentPipeline next = _world.Pipeline();
            Task<DeploymentResult> resuming = next.ResumeAsync(run);
            await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
            await next.SignalAsync(run, Signal.Resume("ada"));
            return await resuming;
        }).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _told.Select(told => told.Role).Should().Equal("rollback owner", "backup owner");
    }

    private DeploymentResult Run(Signal signal, SignalKind decision) => _world.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = _world.Pipeline();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
        await Task.Delay(TimeSpan.FromSeconds(20), _world.Time.Clock);
        string run = _world.RunOf("1.1.0")!.Id;
        await pipeline.SignalAsync(run, signal);
        await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
        _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
        await pipeline.SignalAsync(run, new Signal { Kind = decision, By = "ada" });
        return await deploying;
    });

    private sealed class Teller(List<Notice> told) : INotifier
    {
        public Task NotifyAsync(Notice notice, CancellationToken cancellationToken)
        {
            told.Add(notice);
            return Task.CompletedTask;
        }
    }
}
