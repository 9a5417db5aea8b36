using Deployment.Health;
using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>Going back after a success, and what is done later.</summary>
[Category("Unit")]
public sealed class GoingBackTests
{
    private World _world = null!;

    [SetUp]
    public void DeployTwice()
    {
        _world = new World();
        _world.Deploy("1.0.0");
        _world.Deploy("1.1.0");
    }

    [Test]
    public void RollBack_WhileTheOldRevisionStands_IsAChangeOfTraffic()
    {
        DeploymentResult result = RollBack();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        _world.Target.Transcript.Skip(4).Should().Equal("route shop_1.0.0_1=100");
        result.Runbook.Kind.Should().Be(RunKind.RollBack);
    }

    [Test]
    public void RollBack_AfterTheOldRevisionWasRetired_InstallsItAgain()
    {
        Retire();

        DeploymentResult result = RollBack();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        _world.Target.Transcript.Skip(5).Should().Equal("install shop_1.0.0_2", "route shop_1.0.0_2=100");
    }

    [Test]
    public void RollBack_ToANamedVersion_BringsThatOne()
    {
        _world.Deploy("1.2.0");

        _world.Time.Run(() => _world.Pipeline().RollBackAsync("1.0.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void RollBack_Twice_GoesFurtherBackNotForward()
    {
        _world.Deploy("1.2.0");

        RollBack();
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
        RollBack();
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    /// <summary>Nobody is sent to a release that was gone back from.</summary>
    [Test]
    public void RollBack_AfterAReleaseThatFollowedAnotherRollBack_GoesToWhatWasLiveBefore()
    {
        RollBack();
        _world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100", "1.1.0 was rejected before 1.2.0 came");
    }

    [Test]
    public void RollBack_ToANamedVersionAndOnFromThere_GoesToWhatWasLiveBefore()
    {
        _world.Deploy("1.2.0");
        RollBack();
        _world.Time.Run(() => _world.Pipeline().RollBackAsync("1.2.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        RollBack();

        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    [Test]
    public void RollBack_TheSameVersionTwice_GoesToTheEarlierOfBoth()
    {
        _world.Deploy("1.1.0");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_2=100");

        RollBack();

        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
        RollBack();
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void RollBack_InstalledAnew_GoesFurtherBackFromThere()
    {
        Retire();
        _world.Deploy("1.2.0");
        RollBack();
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");

        RollBack();

        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_2=100");
    }

    [Test]
    public void RollBack_WithNothingLive_SaysSo()
    {
        var world = new World();

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().RollBackAsync())).Should().Throw<DeploymentException>().WithMessage("*nothing is live*");
    }

    [Test]
    public void RollBack_WithNothingBefore_IsRefused()
    {
        var world = new World();
        world.Deploy("1.0.0");

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().RollBackAsync())).Should().Throw<DeploymentException>().WithMessage("*no earlier release*");
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().RollBackAsync("9.9.9"))).Should().Throw<DeploymentException>().WithMessage("*never brought version '9.9.9'*");
    }

    [Test]
    public void RollBack_OfADeploymentThatFailed_IsNotWhatIsLive()
    {
        _world.Smoke = context => context.Subject.Candidate.Version == "1.2.0" ? Verdict.Fail("500") : Verdict.Pass("fine");
        _world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Complete_BeforeTheWindowCloses_DoesNothing()
    {
        _world.Time.Run(() => _world.Pipeline().CompleteAsync()).Should().BeEmpty();

        DeploymentStatus status = _world.Time.Run(() => _world.Pipeline().StatusAsync());
        status.ScheduledRuns.Should().ContainSingle().Which.Targets.Should().ContainSingle().Which.Previous!.Version.Should().Be("1.0.0");
        status.Targets.Single().Revisions.Should().HaveCount(2);
    }

    [Test]
    public void Complete_WhenTheWindowHasClosed_RemovesTheOldRevision()
    {
        IReadOnlyList<DeploymentResult> results = Retire();

        results.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _world.Target.Transcript.Skip(4).Should().Equal("remove shop_1.0.0_1");
        _world.Time.Run(() => _world.Pipeline().StatusAsync()).ScheduledRuns.Should().BeEmpty();
    }

    [Test]
    public void Complete_AfterGoingBack_NeverRemovesWhatIsLive()
    {
        RollBack();

        Retire();

        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        _world.Target.Now.Revisions.Should().ContainSingle("1.1.0 is retired by the run that went back").Which.Id.Version.Should().Be("1.0.0");
    }

    [Test]
    public void Complete_RevisionIsServedAgainByHand_LeavesIt()
    {
        _world.Target.Seed(new(new("shop", "1.0.0", 1), World.Version("1.0.0")));

        Retire().Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _world.Target.Now.Stands(new("shop", "1.0.0", 1)).Should().BeTrue();
    }

    [Test]
    public void Complete_ByTwoHostsAtOnce_RemovesOnce()
    {
        _world.Time.Clock.Advance(TimeSpan.FromHours(2));

        IReadOnlyList<DeploymentResult>[] both = _world.Time.Run(() => Task.WhenAll(_world.Pipeline().CompleteAsync(), _world.Pipeline().CompleteAsync()));

        both.SelectMany(results => results).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _world.Target.Transcript.Count(effect => effect == "remove shop_1.0.0_1").Should().Be(1);
    }

    [Test]
    public void Complete_TargetCannotBeSeen_IsTriedAgainLater()
    {
        _world.Time.Clock.Advance(TimeSpan.FromHours(2));
        int looks = 0;
        _world.Looking = _ => ++looks > 1 ? throw new DeploymentException("The network is down.") : Task.CompletedTask;

        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().CompleteAsync())).Should().Throw<DeploymentException>().WithMessage("*The network is down.*");

        _world.Looking = _ => Task.CompletedTask;
        _world.Target.Now.Revisions.Should().HaveCount(2);
        Retire().Should().ContainSingle("it was not forgotten").Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _world.Target.Now.Revisions.Should().ContainSingle();
    }

    [Test]
    public void Deploy_TheSameVersionAgain_IsAnotherAttempt()
    {
        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_2=100");
    }

    [Test]
    public void Recreate_FailsAfterTheUpdate_StartsTheOldRevisionAgain()
    {
        var world = new World { Configure = pipeline => pipeline.UseRecreate() };
        world.Deploy("1.0.0");
        world.Smoke = context => context.Subject.Candidate.Version == "1.1.0" ? Verdict.Fail("500") : Verdict.Pass("fine");

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.Target.Transcript.Should().Equal("update shop_1.0.0_1", "update shop_1.1.0_1", "update shop_1.0.0_1");
    }

    [Test]
    public void Recreate_FirstReleaseFails_LeavesNothing()
    {
        var world = new World { Configure = pipeline => pipeline.UseRecreate(), Smoke = _ => Verdict.Fail("500") };

        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.Target.Now.Revisions.Should().BeEmpty();
        world.Target.Now.Traffic.IsEmpty.Should().BeTrue();
    }

    private DeploymentResult RollBack()
    {
        DeploymentResult result = _world.Time.Run(() => _world.Pipeline().RollBackAsync());
        _world.Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    private IReadOnlyList<DeploymentResult> Retire()
    {
        _world.Time.Clock.Advance(TimeSpan.FromHours(2));
        return _world.Time.Run(() => _world.Pipeline().CompleteAsync());
    }
}
