using Deployment.Store;
using Deployment.Strategies.Shadow;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>What the strategy that brings the release says of itself holds for the shadow before it, too.</summary>
[Category("Unit")]
public sealed class ShadowThenTests
{
    [Test]
    public void Deploy_ThenLooksWithACheckOfItsOwn_ItIsAsked()
    {
        var look = new ScriptedCheck("own look");
        World world = Keeping(look);

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        look.Evaluations.Should().ContainSingle().Which.Candidate.ToString().Should().Be("shop_1.1.0_1");
        world.Mirrors().Should().HaveCount(2, "it was in the shadow first");
    }

    [Test]
    public void Deploy_ThenLeavesWhatIsLive_NothingIsCopiedAndNothingInstalled()
    {
        var look = new ScriptedCheck("own look");
        World world = Keeping(look);
        int effects = world.Target.Transcript.Count;

        DeploymentResult result = world.Deploy("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.StrategyReason.Should().EndWith("It is live already.");
        world.Target.Transcript.Should().HaveCount(effects);
        look.Evaluations.Should().ContainSingle("the other strategy plans what is left to do");
    }

    [Test]
    public void RollBack_ThenGoesBackInPlace_TheReleaseStays()
    {
        World world = Keeping(new ScriptedCheck("own look"));
        world.Configure += pipeline => pipeline.UseResource(new OwnFlag(new FakeFeatureFlagStore("flags", StrategyConformance.Flag)));
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        DeploymentResult result = world.Time.Run(() => world.Pipeline().RollBackAsync());

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.New);
    }

    [Test]
    public void Trial_OfWhatIsLive_TriesItOnceMore()
    {
        World world = ShadowWorld.Trial();

        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Mirrors().Should().Equal("mirror shop_1.0.0_2=100", "mirror none");
        world.IsWithoutCopies("it was only tried");
    }

    [Test]
    public void Trial_RollBackOfTheFirstRelease_HasNothingToGoBackTo() =>
        ShadowWorld.Trial().Invoking(world => world.Time.Run(() => world.Pipeline().PlanRollBackAsync())).Should().Throw<DeploymentException>().WithMessage("*has no earlier release to go back to*");

    private static World Keeping(ScriptedCheck look) => ShadowWorld.Live(shadow => shadow.Then = part => part.UseStrategy(new KeepingStrategy(look)));
}
