using Deployment.Environments;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>A newer release in the place of one whose run is still open.</summary>
[Category("Unit")]
public sealed class SupersedeTests
{
    private World _world = null!;

    [SetUp]
    public void MakeWorld()
    {
        _world = new World();
        _world.Deploy("1.0.0");
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(new ScriptedCheck("p95").Answers((context, _) => Task.FromResult(context.Subject.Candidate.Version == "1.1.0"
            ? Deployment.Health.Verdict.Fail("25% slower")
            : Deployment.Health.Verdict.Pass("as fast"))), Moment.Shifted, FailureAction.Investigate);
    }

    [Test]
    public void Supersede_AHeldRun_GoesBackAndTheNewerReleaseComesFromWhatStoodBefore()
    {
        (DeploymentResult held, DeploymentResult newer) = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = _world.Pipeline().DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromMinutes(5), _world.Time.Clock);
            RunRecord run = _world.RunOf("1.1.0")!;
            run.Reason.Should().Be("25% slower Resume to check again, promote to go on all the same, abort to go back, or supersede it with a newer release (SupersedeAsync).");
            DeploymentResult newer = await _world.Pipeline().SupersedeAsync(run.Id, World.Version("1.2.0"), "ada");
            return (await deploying, newer);
        });

        held.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        held.Reason.Should().Be("Supersede by ada: shop 1.2.0 takes its place");
        newer.Outcome.Should().Be(DeploymentOutcome.Succeeded, newer.Reason);
        newer.Log.Entries[0].At.Should().BeOnOrAfter(held.Log.Entries[^1].At, "it begins when the other has ended");
        newer.Runbook.Targets.Single().Previous!.ToString().Should().Be("shop_1.0.0_1");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.2.0_1=100");
    }

    [Test]
    public void Supersede_ItsProcessDied_IsTakenBackByThisOne()
    {
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.Held);
        string run = _world.RunOf("1.1.0")!.Id;

        DeploymentResult newer = _world.Time.Run(() => _world.Pipeline().SupersedeAsync(run, World.Version("1.2.0"), "ada"));

        newer.Outcome.Should().Be(DeploymentOutcome.Succeeded, newer.Reason);
        _world.RunOf("1.1.0")!.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.2.0_1=100");
    }

    [Test]
    public void Supersede_TheWayBackFails_TheNewerReleaseIsNotDeployed()
    {
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.Held);
        string run = _world.RunOf("1.1.0")!.Id;
        _world.Target.FailOn("remove");

        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().SupersedeAsync(run, World.Version("1.2.0"), "ada")))
            .Should().Throw<DeploymentException>().WithMessage($"Run {run} could not be taken back completely, so shop 1.2.0 was not deployed: *");

        _world.RunOf("1.2.0").Should().BeNull();
    }

    /// <summary>It can't go back, and stays as it is until something newer comes: both before a person was asked and while one is.</summary>
    [TestCase(1)]
    [TestCase(120)]
    public void Supersede_PastThePointOfNoReturn_TheNewerReleaseIsDeployedOnWhatStands(int seconds)
    {
        Action<DeploymentPipelineBuilder> usual = _world.Configure;
        _world.Configure = pipeline =>
        {
            usual(pipeline);
            pipeline.Step("drop the old column", Moment.Shifted, step => step.Run((_, _) => Task.CompletedTask).MayBeRepeated().CannotBeUndone("The data is gone."))
                .Check(new ScriptedCheck("late").Answers(async (context, cancellationToken) =>
                {
                    await Task.Delay(TimeSpan.FromMinutes(1), _world.Time.Clock, cancellationToken);
                    return context.Subject.Candidate.Version == "1.1.0" ? Deployment.Health.Verdict.Fail("broken") : Deployment.Health.Verdict.Pass("well");
                }), Moment.Complete, FailureAction.RollBack);
        };
        (DeploymentResult ended, DeploymentResult newer) = _world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = _world.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(30), _world.Time.Clock);
            RunRecord run = _world.RunOf("1.1.0")!;
            await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            await Task.Delay(TimeSpan.FromSeconds(30), _world.Time.Clock);
            await pipeline.SignalAsync(run.Id, Signal.Promote("ada"));
            await Task.Delay(TimeSpan.FromSeconds(seconds), _world.Time.Clock);
            Task<DeploymentResult> superseding = _world.Pipeline().SupersedeAsync(run.Id, World.Version("1.2.0"), "bob");
            DeploymentResult ended = await deploying;
            await Task.Delay(TimeSpan.FromSeconds(30), _world.Time.Clock);
            RunRecord next = _world.RunOf("1.2.0")!;
            await pipeline.SignalAsync(next.Id, Signal.Approve("ada", next.RunbookHash!));
            return (ended, await superseding);
        });

        ended.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        newer.Outcome.Should().Be(DeploymentOutcome.Succeeded, newer.Reason);
        newer.Runbook.Targets[0].Previous!.ToString().Should().Be("shop_1.1.0_1");
    }

    [Test]
    public void Supersede_TheNewerReleaseLacksWhatIsAskedOfIt_TheRunIsLeftAlone()
    {
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.Held);
        string run = _world.RunOf("1.1.0")!.Id;
        int signals = Signals(run);

        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline(more: pipeline => pipeline.InEnvironment("production", EnvironmentPolicy.Development with { TaggedOnly = true })).SupersedeAsync(run, World.Version("1.2.0"), "ada")))
            .Should().Throw<DeploymentValidationException>();

        Signals(run).Should().Be(signals);
    }

    [Test]
    public void Supersede_ARunThatHasEnded_IsRefused()
    {
        string run = _world.RunOf("1.0.0")!.Id;

        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().SupersedeAsync(run, World.Version("1.2.0"), "ada")))
            .Should().Throw<DeploymentException>().WithMessage($"Run {run} has ended (Succeeded); it takes no signals any more.");

        _world.RunOf("1.2.0").Should().BeNull();
    }

    [Test]
    public void Supersede_ARunThatBringsNoRelease_IsRefused()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen();
        _world.Deploy("1.1.0");
        RunRecord retirement = _world.Runs().Single(run => run.Kind == RunKind.Retire);

        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().SupersedeAsync(retirement.Id, World.Version("1.2.0"), "ada")))
            .Should().Throw<DeploymentException>().WithMessage($"Run {retirement.Id} brings no release (Retire), so there is none to supersede. *");
    }

    private int Signals(string run) => _world.Store.ReadSignalsAsync(run, 0, default).GetAwaiter().GetResult().Count;
}
