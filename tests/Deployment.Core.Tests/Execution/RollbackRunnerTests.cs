using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Steps;
using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>How a run goes back.</summary>
[Category("Unit")]
public sealed class RollbackRunnerTests
{
    private World _world = null!;

    [SetUp]
    public void MakeWorld()
    {
        _world = new World();
        _world.Deploy("1.0.0");
    }

    [Test]
    public void GoingBack_SeveralSteps_GivesTrafficBackAndThenUndoesInReverse()
    {
        List<string> order = [];
        Action<StepBuilder> Step(string name) => step => step.Run((_, _) => Task.CompletedTask).MayBeRepeated().UndoBy((_, _) =>
        {
            order.Add("undo " + name);
            return Task.CompletedTask;
        });
        _world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("first", Moment.Installed, Step("first")).Step("second", Moment.Installed, Step("second")).Step("third", Moment.Shifted, Step("third"))
            .Step("break", Moment.Complete, step => step.Run((_, _) => throw new DeploymentException("broken")).NothingToUndo());
        _world.Target.After = (effect, _) =>
        {
            order.Add(effect.Text);
            return Task.CompletedTask;
        };

        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        order.Should().Equal(
            "install shop_1.1.0_1", "route shop_1.1.0_1=100",
            "install shop_1.0.0_1", "route shop_1.0.0_1=100", "undo third", "undo second", "undo first", "remove shop_1.1.0_1");
    }

    [Test]
    public void GoingBack_WhileItGoesOn_TheRecordSaysSo()
    {
        (RunState, string?)? seen = null;
        _world.Smoke = _ => Verdict.Fail("500");
        _world.Target.Before = (effect, _) =>
        {
            seen = effect.Verb == "remove" ? (_world.RunOf("1.1.0")!.State, _world.RunOf("1.1.0")!.Reason) : seen;
            return Task.CompletedTask;
        };

        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        seen.Should().Be((RunState.RollingBack, "'smoke' failed: 500"));
    }

    [Test]
    public void Resume_AfterAFailedStepOnlyItsFailureWasJournaled_SaysWhyItFailed()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("break", Moment.Shifted, step => step.Run((_, _) => throw new DeploymentException("broken")).NothingToUndo());
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.StepFailed);

        DeploymentResult result = _world.Resume();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("'break' failed: broken");
    }

    [Test]
    public void Resume_ByAnotherBuildPastThePointOfNoReturn_LeavesEverythingAsItIsAndSaysSo()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("drop the old column", Moment.Shifted, step => step.Run((_, _) => Task.CompletedTask).MayBeRepeated().CannotBeUndone("The data is gone."));
        var process = new SimulatedProcess();
        FluentActions.Invoking(() => _world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = _world.Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, IsDropped))).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(5), _world.Time.Clock);
            RunRecord run = _world.RunOf("1.1.0")!;
            await _world.Pipeline().SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            return await deploying;
        })).Should().Throw<SimulatedCrashException>();
        int effects = _world.Target.Transcript.Count;

        DeploymentResult result = _world.Resume("build-2");

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("'drop the old column' can't be undone: The data is gone. What was done is left as it is.");
        _world.Target.Transcript.Should().HaveCount(effects, "what it did may rest on the rest");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    private static bool IsDropped(JournalEntry entry) => entry.Kind == JournalEntryKind.StepSucceeded && entry.Step!.Contains("drop", StringComparison.Ordinal);
}
