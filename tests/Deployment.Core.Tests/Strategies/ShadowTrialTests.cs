using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.Shadow;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A release that is only tried in the shadow is none that was brought.</summary>
[Category("Unit")]
public sealed class ShadowTrialTests
{
    [Test]
    public void RollBack_AfterATrial_GoesToWhatWasBeforeTheLiveRelease()
    {
        World world = Tried();

        DeploymentResult back = world.Time.Run(() => Switching(world).RollBackAsync());

        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.Reason);
        world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100", "the trial of 1.2.0 brought nothing, and lies on nothing");
    }

    [Test]
    public void RollBack_ToWhatWasOnlyTried_IsRefused()
    {
        World world = Tried();

        FluentActions.Invoking(() => world.Time.Run(() => Switching(world).RollBackAsync("1.2.0"))).Should().Throw<DeploymentException>().WithMessage("*never brought version '1.2.0'*");
    }

    [Test]
    public void Deploy_AfterATrialOfIt_IsAnotherAttempt()
    {
        World world = Tried();

        world.Time.Run(() => Switching(world).DeployAsync(World.Version("1.2.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Target.Now.Traffic.ToString().Should().Be("shop_1.2.0_2=100");
    }

    [Test]
    public void Status_AfterATrial_ShowsWhatServesAndWhatIsDueLater()
    {
        World world = Tried();

        DeploymentStatus status = world.Time.Run(() => world.Pipeline().StatusAsync());

        status.Targets.Single().ToString().Should().Be("web: traffic shop_1.1.0_1=100; stands shop_1.0.0_1, shop_1.1.0_1");
        status.ScheduledRuns.Should().ContainSingle("the removal of 1.0.0 is none of the trial's business").Which.Targets.Single().Previous!.Version.Should().Be("1.0.0");
        world.RunOf("1.2.0")!.Targets.Single().Trial.Should().BeTrue();
    }

    [Test]
    public void Deploy_MomentThatATrialNeverPasses_IsRefused()
    {
        World world = ShadowWorld.Trial();
        world.Configure += pipeline => pipeline.Step("announce", Moment.Complete, step => step.Run((_, _) => Task.CompletedTask).MayBeRepeated().NothingToUndo());

        world.Errors().Should().Equal("The strategy 'shadow' has no place for 'announce': it passes no moment at or after the one it is bound to.");
    }

    [Test]
    public void NothingLive_OrGoingBack_IsRefusedWithTheReason()
    {
        var empty = new World { Configure = pipeline => pipeline.UseShadow(shadow => shadow.Then = null) };
        empty.Errors().Should().ContainSingle().Which.Should().Contain("Nothing is live on 'web', so there are no requests to copy");

        World world = Tried();
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().PlanRollBackAsync())).Should().Throw<DeploymentValidationException>()
            .Which.Errors.Should().ContainSingle().Which.Should().Contain("It can't bring an earlier release either");
    }

    /// <summary>1.1.0 on top of 1.0.0, and 1.2.0 tried.</summary>
    private static World Tried()
    {
        World world = ShadowWorld.Live();
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseShadow(shadow => shadow.Then = null);
        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Target.Now.Stands(new("shop", "1.2.0", 1)).Should().BeFalse();
        return world;
    }

    private static DeploymentPipeline Switching(World world)
    {
        world.Configure = pipeline => pipeline.UseBlueGreen();
        return world.Pipeline();
    }
}
