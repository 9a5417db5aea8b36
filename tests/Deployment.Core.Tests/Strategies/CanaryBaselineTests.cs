using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.Canary;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A fresh copy of the old release that a canary is compared with.</summary>
[Category("Unit")]
public sealed class CanaryBaselineTests
{
    private const string Baseline = "shop_1.0.0_baseline_1";

    [Test]
    public void Deploy_BaselineGetsAsMuchAsTheCanaryAndIsGoneAtTheEnd()
    {
        World world = With(CanaryBaseline.Required, 10, 50, 60, 100);
        ScriptedCheck check = world.Watch();

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Target.Splits.Skip(1).Select(split => split.ToString()).Should().Equal(
            $"shop_1.0.0_1=80,{Baseline}=10,shop_1.1.0_1=10",
            $"{Baseline}=50,shop_1.1.0_1=50",
            $"{Baseline}=40,shop_1.1.0_1=60",
            CanaryWorld.New);
        check.Evaluations.Select(subject => subject.Baseline!.ToString()).Should().Equal(Baseline, Baseline, Baseline, "shop_1.0.0_1");
        world.Target.Now.Revisions.Select(revision => revision.Id.ToString()).Should().Equal("shop_1.0.0_1", "shop_1.1.0_1");
        result.Runbook.Targets.Single().Baseline!.ToString().Should().Be(Baseline);
    }

    [Test]
    public void Deploy_AgainAfterItWentBack_TakesAnotherAttempt()
    {
        World world = With(CanaryBaseline.Required, 10, 100);
        bool fails = true;
        world.Watch(_ => fails ? Verdict.Fail("12%") : Verdict.Pass("fine"));
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);
        world.IsAsBefore("the baseline went with the canary");
        fails = false;

        world.Deploy("1.1.0", RunOverrides.AllowRolledBack("the error rate came from elsewhere")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Target.Transcript.Where(effect => effect.StartsWith("install", StringComparison.Ordinal) && effect.Contains("baseline", StringComparison.Ordinal))
            .Should().Equal($"install {Baseline}", "install shop_1.0.0_baseline_2");
    }

    [Test]
    public void Deploy_CheckFails_RemovesTheBaselineWithTheCanary()
    {
        World world = With(CanaryBaseline.Required, 10, 100);
        world.Watch(_ => Verdict.Fail("12%"));

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.Target.Transcript.TakeLast(2).Should().Equal($"remove {Baseline}", "remove shop_1.1.0_1");
    }

    [Test]
    public void Deploy_FailsAfterTheBaselineWasRemoved_DoesNotBringItBack()
    {
        World world = With(CanaryBaseline.Required, 10, 100);
        world.Watch(look => look == 2 ? Verdict.Fail("12%") : Verdict.Pass("fine"));

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.Target.Transcript.Count(effect => effect == $"install {Baseline}").Should().Be(1);
        world.IsAsBefore("it failed at 100%");
    }

    [Test]
    public void Plan_TargetLetsOnlyTwoShare_IsRefusedOrSaysThatItIsLeftOut()
    {
        World required = With(CanaryBaseline.Required, 10, 100);
        required.Target.Limits = new TrafficLimits(1, 2);
        World wanted = With(CanaryBaseline.WherePossible, 10, 100);
        wanted.Target.Limits = new TrafficLimits(1, 2);

        required.Errors().Should().ContainSingle().Which.Should().StartWith("The strategy 'canary' needs a target that can let three revisions share the traffic, which a baseline needs (ISplitTraffic), and 'web' can't.");
        Runbook plan = wanted.Plan();
        plan.StrategyReason.Should().Contain("A baseline is left out where fewer than 3 revisions can share the traffic");
        plan.Titles().Should().NotContain(title => title.Contains("baseline"));
        plan.Targets.Single().Baseline.Should().BeNull();
    }

    [Test]
    public void Plan_HistoryDoesNotKnowTheOldRelease_IsRefusedOrSaysThatItIsLeftOut()
    {
        var found = new FakeTarget("web");
        found.Seed(new(new("shop", "0.9.0", 1), World.Version("0.9.0")));

        CanaryWorld.Empty(canary => canary.Baseline = CanaryBaseline.Required, found).Errors()
            .Should().ContainSingle().Which.Should().Be("History doesn't know what shop_0.9.0_1 on 'web' is made of, so no baseline of it can be installed. Take Baseline = WherePossible for this deployment.");
        CanaryWorld.Empty(canary => canary.Baseline = CanaryBaseline.WherePossible, found).Plan().StrategyReason
            .Should().Contain("A baseline is left out where history doesn't know what the old revision is made of");
    }

    [Test]
    public void Plan_WherePossible_IsTaken() => With(CanaryBaseline.WherePossible, 10, 100).Plan().Titles().Should().Contain($"Install the baseline {Baseline}");

    private static World With(CanaryBaseline baseline, params int[] weights) =>
        CanaryWorld.Live(canary => (canary.Steps, canary.Baseline) = ([.. weights.Select(CanaryStep.FromInt32)], baseline));
}
