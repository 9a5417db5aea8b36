using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.Canary;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>Weights that a target can't make are refused or rounded as was chosen, and the plan says what became of them.</summary>
[Category("Unit")]
public sealed class CanaryWeightsTests
{
    [Test]
    public void Refuse_NamesThemAllAndWhatIsPossible() => World(new TrafficLimits(10, 2) { LargestCanaryPercent = 50 }, UnavailableWeight.Refuse, 15, 50, 60, 100).Errors()
        .Should().Equal("The strategy 'canary' needs a target that can give a canary 15%, 60% of the traffic, where 'web' can make shares in steps of 10% up to 50%, and UnavailableWeight does not let it round "
            + "(ISplitTraffic), and 'web' can't. No target of this pipeline can. 'web' could carry recreate, rolling, blue-green, shadow. Take another strategy or another target.");

    [TestCase(UnavailableWeight.RoundDown, 10, 100, new[] { 12, 47, 100 }, "Shift 10% to shop_1.1.0_1 (12% was asked for)|Shift 40% to shop_1.1.0_1 (47% was asked for)|Shift all traffic to shop_1.1.0_1")]
    [TestCase(UnavailableWeight.RoundUp, 10, 100, new[] { 12, 47, 100 }, "Shift 20% to shop_1.1.0_1 (12% was asked for)|Shift 50% to shop_1.1.0_1 (47% was asked for)|Shift all traffic to shop_1.1.0_1")]
    [TestCase(UnavailableWeight.RoundUp, 10, 100, new[] { 19, 41, 100 }, "Shift 20% to shop_1.1.0_1 (19% was asked for)|Shift 50% to shop_1.1.0_1 (41% was asked for)|Shift all traffic to shop_1.1.0_1")]
    [TestCase(UnavailableWeight.RoundDown, 1, 15, new[] { 10, 50, 100 }, "Shift 10% to shop_1.1.0_1|Shift 15% to shop_1.1.0_1 (50% was asked for)|Shift all traffic to shop_1.1.0_1")]
    [TestCase(UnavailableWeight.RoundDown, 30, 100, new[] { 45, 95, 100 }, "Shift 30% to shop_1.1.0_1 (45% was asked for)|Shift 90% to shop_1.1.0_1 (95% was asked for)|Shift all traffic to shop_1.1.0_1")]
    public void Round_IsInTheTitleAndInTheReason(UnavailableWeight how, int granularity, int largest, int[] weights, string titles)
    {
        World world = World(new TrafficLimits(granularity, 2) { LargestCanaryPercent = largest }, how, weights);

        Runbook plan = world.Plan();

        string.Join('|', plan.Titles().Where(title => title.StartsWith("Shift", StringComparison.Ordinal))).Should().Be(titles);
        foreach (int weight in weights.Where(weight => titles.Contains($"({weight}% was asked for)", StringComparison.Ordinal)))
        {
            plan.StrategyReason.Should().Contain($"{weight}% becomes ");
        }
    }

    [Test]
    public void Round_IsWhatIsRouted()
    {
        World world = World(new TrafficLimits(10, 2), UnavailableWeight.RoundUp, 12, 47, 100);

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Shares().Should().Equal(20, 50, 100);
    }

    [Test]
    public void Round_MakesStepsEqual_IsRefused()
    {
        World(new TrafficLimits(10, 2), UnavailableWeight.RoundDown, 11, 15, 50, 100).Errors()
            .Should().Equal("Canary's steps of 11% and 15% all become 10% on 'web', where a canary can have shares in steps of 10%. Take weights that stay apart.");
        World(new TrafficLimits(1, 2) { LargestCanaryPercent = 15 }, UnavailableWeight.RoundUp, 10, 50, 100).Errors()
            .Should().Equal("Canary's steps of 50% and 100% all become 100% on 'web', where a canary can have shares in steps of 1% up to 15%. Take weights that stay apart.");
        World(new TrafficLimits(1, 2) { LargestCanaryPercent = 15 }, UnavailableWeight.RoundDown, 20, 50, 100).Errors().Should().ContainSingle().Which.Should().Contain("20% and 50% all become 15%");
    }

    [Test]
    public void RoundDown_ToNothing_IsRefused() => World(new TrafficLimits(10, 2), UnavailableWeight.RoundDown, 5, 50, 100).Errors()
        .Should().Equal("Canary's step of 5% rounds down to nothing on 'web', where a canary can have shares in steps of 10%. Take a larger first weight, or round up.");

    [TestCase(100, 2, UnavailableWeight.RoundUp)]
    [TestCase(100, 2, UnavailableWeight.RoundDown)]
    [TestCase(1, 1, UnavailableWeight.RoundDown)]
    public void TargetThatOnlySwitches_IsRefusedHoweverItRounds(int granularity, int revisions, UnavailableWeight how) => World(new TrafficLimits(granularity, revisions), how, 10, 100).Errors()
        .Should().ContainSingle().Which.Should().Contain("let two revisions share the traffic (ISplitTraffic), and 'web' can't");

    [Test]
    public void TargetThatOnlySwitches_TakesASingleStep() =>
        World(new TrafficLimits(100, 1), UnavailableWeight.Refuse, 100).Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

    [TestCase(10, 2, 50, 40, true)]
    [TestCase(10, 2, 50, 45, false)]
    [TestCase(10, 2, 50, 60, false)]
    [TestCase(100, 1, 100, 100, true)]
    [TestCase(1, 1, 100, 50, false)]
    public void Limits_Allow(int granularity, int revisions, int largest, int percent, bool allowed) =>
        new TrafficLimits(granularity, revisions) { LargestCanaryPercent = largest }.Allows(percent).Should().Be(allowed);

    [Test]
    public void Fake_SplitBeyondItsLimits_IsRefusedAsARealOneWould()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [15, 100]);
        Runbook plan = world.Plan();
        world.Target.Limits = new TrafficLimits(10, 2);

        DeploymentResult result = world.Time.Run(() => world.Pipeline().ExecuteAsync(plan));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("web can't split traffic as shop_1.0.0_1=85,shop_1.1.0_1=15");
        world.IsAsBefore("it went back");
    }

    private static World World(TrafficLimits limits, UnavailableWeight how, params int[] weights)
    {
        World world = CanaryWorld.Live(canary => (canary.Steps, canary.UnavailableWeight) = ([.. weights.Select(CanaryStep.FromInt32)], how));
        world.Target.Limits = limits;
        return world;
    }
}
