using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>Effects that fail in passing, and effects in doubt.</summary>
[Category("Unit")]
public sealed class EffectRunnerTests
{
    private World _world = null!;

    /// <summary>It failed before or after it took effect; the probe tells which.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void ProbeableEffect_FailsInPassing_IsRepeatedOnlyWhereItDidNotTakePlace(bool tookEffect)
    {
        MakeWorld(Repeatability.Probeable);
        int begun = 0;
        Task Reset(FakeEffect effect) => effect.Verb == "install" && begun == 1 ? throw new IOException("connection reset") : Task.CompletedTask;
        _world.Target.Before = (effect, _) =>
        {
            begun += effect.Verb == "install" ? 1 : 0;
            return tookEffect ? Task.CompletedTask : Reset(effect);
        };
        _world.Target.After = (effect, _) => tookEffect ? Reset(effect) : Task.CompletedTask;

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        _world.Target.Transcript.Skip(2).Should().Equal("install shop_1.1.0_1", "route shop_1.1.0_1=100");
        begun.Should().Be(tookEffect ? 1 : 2);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.StepRetried);
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Effect_KeepsFailingInPassing_IsTriedAsOftenAsItsPolicySays(int attempts)
    {
        MakeWorld(Repeatability.Idempotent);
        _world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Attempts = attempts });
        int begun = 0;
        _world.Target.Before = (effect, _) => effect.Verb == "install" && ++begun > 0 ? throw new IOException("connection reset") : Task.CompletedTask;

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        begun.Should().Be(attempts);
        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.StepRetried).Select(entry => entry.Detail!["attempt"])
            .Should().Equal(Enumerable.Range(1, attempts - 1).Select(attempt => $"{attempt}"));
    }

    [Test]
    public void Resume_EffectInDoubtIsHeldAndAPersonAborts_GoesBack()
    {
        MakeWorld(Repeatability.AtMostOnce);
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.StepStarted && entry.Step!.Contains("switch", StringComparison.Ordinal));

        DeploymentResult result = _world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = _world.Pipeline();
            RunRecord run = _world.RunOf("1.1.0")!;
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(run.Id);
            await Task.Delay(TimeSpan.FromMinutes(1), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            await pipeline.SignalAsync(run.Id, Signal.Abort("ada", "enough"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Reason.Should().Be("Abort by ada: enough");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        _world.Target.Now.Revisions.Should().ContainSingle();
    }

    [Test]
    public void Effect_IsBegun_TheJournalSaysHowItIsUndone()
    {
        MakeWorld(Repeatability.Idempotent);

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.StepStarted).Select(entry => entry.Detail!["undo"])
            .Should().SatisfyRespectively(
                undo => undo.Should().Contain("remove").And.Contain("1.1.0"),
                undo => undo.Should().Contain("route").And.Contain("1.0.0"));
    }

    private void MakeWorld(Repeatability repeatability)
    {
        _world = new World { Target = new FakeTarget("web", repeatability: repeatability) };
        _world.Deploy("1.0.0");
    }
}
