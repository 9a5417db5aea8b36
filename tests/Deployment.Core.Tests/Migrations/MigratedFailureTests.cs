using Deployment.Health;
using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Migrations;

/// <summary>What a failure does where going back is worse than the failure: only what is newer takes the place of the release.</summary>
[Category("Unit")]
public sealed class MigratedFailureTests
{
    private readonly List<string> _routes = [];
    private World _world = null!;
    private FakeMigrator _database = null!;
    private bool _isBad;

    [SetUp]
    public void MakeWorld()
    {
        _routes.Clear();
        _world = new World();
        _database = new FakeMigrator("db", FakeMigrator.Migration("001_add_email"));
        _world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _isBad = true;
        _world.Configure = pipeline => pipeline.UseBlueGreen()
            .Migrate(migrations => migrations.From(_database).With(options => options.AfterExpand = MigratedFailure.Supersede))
            .Check(new ScriptedCheck("orders").Answers((context, _) => Task.FromResult(_isBad && context.Subject.Candidate.Version == "1.1.0" ? Verdict.Fail("orders are lost") : Verdict.Pass("all there"))), Moment.Shifted, FailureAction.RollBack);
        _world.Target.After = (effect, _) =>
        {
            _routes.AddRange(effect.Verb == "route" ? [effect.Text] : []);
            return Task.CompletedTask;
        };
    }

    [Test]
    public void Supersede_UsersHaveMetTheRelease_TheNewerOneIsDeployedOnIt()
    {
        (DeploymentResult failed, DeploymentResult newer) = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = _world.Pipeline().DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
            RunRecord run = _world.RunOf("1.1.0")!;
            run.State.Should().Be(RunState.Held);
            run.Reason.Should().Be("'orders' failed: orders are lost. 'Expand: 001_add_email' was done, and after that the release isn't taken back by itself. Resume to try again, promote to take the failed step as done, supersede it with a newer release (SupersedeAsync), which is deployed on what stands, or abort to go back all the same.");
            DeploymentResult newer = await _world.Pipeline().SupersedeAsync(run.Id, World.Version("1.2.0"), "ada");
            return (await deploying, newer);
        });

        failed.Outcome.Should().Be(DeploymentOutcome.NeedsAttention, "what it did is there, and it didn't succeed");
        failed.Reason.Should().Be("'orders' failed: orders are lost. Supersede by ada: shop 1.2.0 takes its place. 'Expand: 001_add_email' was done, and what was done is left as it is.");
        newer.Outcome.Should().Be(DeploymentOutcome.Succeeded, newer.Reason);
        newer.Runbook.Targets[0].Previous!.ToString().Should().Be("shop_1.1.0_1");
        _routes.Should().Equal("route shop_1.1.0_1=100", "route shop_1.2.0_1=100");
        _database.Transcript.Should().Equal("apply 001_add_email");
    }

    [Test]
    public void Supersede_ItsProcessDied_IsEndedAsItStandsByThisOne([Values(JournalEntryKind.Held, JournalEntryKind.SignalTaken, JournalEntryKind.RunEnded)] JournalEntryKind last)
    {
        var process = new SimulatedProcess();
        string run = "";
        DeploymentResult newer = _world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = _world.Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, entry => entry.Kind == last))).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
            run = _world.RunOf("1.1.0")!.Id;
            Task<DeploymentResult> superseding = _world.Pipeline().SupersedeAsync(run, World.Version("1.2.0"), "ada");
            await FluentActions.Awaiting(() => deploying).Should().ThrowAsync<Exception>();
            return await superseding;
        });

        newer.Outcome.Should().Be(DeploymentOutcome.Succeeded, newer.Reason);
        _world.RunOf("1.1.0")!.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        _routes.Should().Equal("route shop_1.1.0_1=100", "route shop_1.2.0_1=100");
    }

    /// <summary>The host is redeployed with the mend: under another build only a rollback would go on by itself.</summary>
    [Test]
    public void Resume_AnotherBuild_IsHeldAndSuperseded()
    {
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.Held);
        string run = _world.RunOf("1.1.0")!.Id;

        DeploymentResult newer = _world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = _world.Pipeline(build: "build-2");
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(run);
            await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held);
            await pipeline.SignalAsync(run, Signal.Resume("ada"));
            await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
            _world.RunOf("1.1.0")!.State.Should().Be(RunState.Held, "another build can't go on with it");
            Task<DeploymentResult> superseding = pipeline.SupersedeAsync(run, World.Version("1.2.0"), "ada");
            (await resuming).Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
            return await superseding;
        });

        newer.Outcome.Should().Be(DeploymentOutcome.Succeeded, newer.Reason);
        _routes.Should().Equal("route shop_1.1.0_1=100", "route shop_1.2.0_1=100");
    }

    /// <summary>What stood before must not come back, also not from the newer release; and it doesn't stand for ever.</summary>
    [Test]
    public void RollBack_FromTheNewerRelease_GoesToWhatItTookThePlaceOf()
    {
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.Held);
        _world.Time.Run(() => _world.Pipeline().SupersedeAsync(_world.RunOf("1.1.0")!.Id, World.Version("1.2.0"), "ada")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _world.Runs().Where(run => run.Kind == RunKind.Retire).SelectMany(run => run.Targets).Select(target => $"{target.Previous}{target.Candidate}").Should().BeEquivalentTo("shop_1.0.0_1", "shop_1.1.0_1");
        _world.RunOf("1.1.0")!.IsLeftStanding.Should().BeTrue();
        _isBad = false;

        DeploymentResult back = _world.Time.Run(() => _world.Pipeline().RollBackAsync());

        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.Reason);
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    /// <summary>A person has decided already.</summary>
    [Test]
    public void Supersede_AfterAnAbort_GoesBack()
    {
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.Held);
        string run = _world.RunOf("1.1.0")!.Id;

        DeploymentResult newer = _world.Time.Run(async () =>
        {
            await _world.Pipeline().SignalAsync(run, Signal.Abort("ada", "not today"));
            return await _world.Pipeline().SupersedeAsync(run, World.Version("1.2.0"), "bob");
        });

        _world.RunOf("1.1.0")!.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        newer.Runbook.Targets[0].Previous!.ToString().Should().Be("shop_1.0.0_1");
    }

    [Test]
    public void Build_SomethingElseGoesBackByItself_IsRefused()
    {
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop").DeployTo(new FakeTarget("web")).UseBlueGreen()
            .WithLanes(new LanePolicy { MaxFailures = 1 })
            .Monitor(TimeSpan.FromMinutes(5), monitor => monitor.RollBackWhen(Deployment.Analysis.Metric.ErrorRate.IsAbove(0.1)).With(options => options.Extended = TimeSpan.FromHours(1)))
            .Migrate(migrations => migrations.From(_database).With(options => options.AfterBackfill = MigratedFailure.Hold));

        FluentActions.Invoking(pipeline.Build).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal(
            "The migrations' AfterBackfill lets no failure take the release back by itself, and what the extended watch finds does (Extended is 01:00:00). Leave it at 0, or leave the option at RollBack.",
            "The migrations' AfterBackfill lets no failure take the release back by itself, and a target that fails by itself goes back alone (WithLanes). Let all targets go together, or leave the option at RollBack.");
    }

    [Test]
    public void Plan_SaysWhatDoesNotGoBackByItself()
    {
        Runbook plan = _world.Time.Run(() => _world.Pipeline().PlanAsync(World.Version("1.1.0")));

        plan.Triggers.Should().Contain("But after 'Expand: 001_add_email' none of these goes back by itself once users have met the release: the run is held until a newer release takes its place, or a person decides otherwise.");
    }

    /// <summary>Nobody's data is in it.</summary>
    [Test]
    public void Fail_UsersHaveNotMetTheRelease_GoesBackByItself()
    {
        _world.Smoke = context => context.Subject.Candidate.Version == "1.1.0" ? Verdict.Fail("broken") : Verdict.Pass("answers");

        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        _database.Applied.Should().Equal("001_add_email");
    }

    [TestCase(SignalKind.Abort, DeploymentOutcome.RolledBack)]
    [TestCase(SignalKind.Promote, DeploymentOutcome.Succeeded)]
    [TestCase(SignalKind.Resume, DeploymentOutcome.Succeeded)]
    public void Fail_UsersHaveMetTheRelease_APersonDecides(SignalKind kind, DeploymentOutcome outcome)
    {
        DeploymentResult result = _world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = _world.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromHours(1), _world.Time.Clock);
            _isBad = kind != SignalKind.Resume;
            await pipeline.SignalAsync(_world.RunOf("1.1.0")!.Id, new Signal { Kind = kind, By = "ada" });
            return await deploying;
        });

        result.Outcome.Should().Be(outcome, result.Reason);
    }

    /// <summary>All was applied before: nothing of this run makes going back worse.</summary>
    [Test]
    public void Fail_TheRunMigratedNothing_GoesBackByItself()
    {
        _database.Known = [];

        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);
    }
}
