using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>What a target lacks fails at planning, and the error says who could.</summary>
[Category("Unit")]
public sealed class CapabilityTests
{
    [Test]
    public void Plan_OneOfThreeTargetsLacksIt_NamesTheOthersAndWhatItCouldCarry()
    {
        World world = With(
            pipeline => pipeline.UseBlueGreen(),
            new FakeTarget("slot", FakeCapabilities.UpdateInPlace),
            new FakeTarget("east"),
            new FakeTarget("west"));

        world.Errors().Should().Equal(
            "The strategy 'blue-green' needs a target that can host several revisions side by side (IHostRevisions), and 'slot' can't. In this pipeline 'east', 'west' can. 'slot' could carry recreate. Take another strategy or another target.",
            "The strategy 'blue-green' needs a target that can split traffic between revisions (ISplitTraffic), and 'slot' can't. In this pipeline 'east', 'west' can. 'slot' could carry recreate. Take another strategy or another target.");
    }

    [Test]
    public void Plan_NobodyCan_SaysSo() => With(pipeline => pipeline.UseRecreate(), new FakeTarget("web", FakeCapabilities.HostRevisions | FakeCapabilities.SplitTraffic)).Errors()
        .Should().Equal("The strategy 'recreate' needs a target that can update in place (IUpdateInPlace), and 'web' can't. No target of this pipeline can. 'web' could carry blue-green, canary. Take another strategy or another target.");

    [Test]
    public void Plan_TargetThatCanDoNothing_CarriesNothing() => With(pipeline => pipeline.UseRecreate(), new FakeTarget("web", FakeCapabilities.None)).Errors()
        .Should().ContainSingle().Which.Should().Be("The strategy 'recreate' needs a target that can update in place (IUpdateInPlace), and 'web' can't. No target of this pipeline can. Take another strategy or another target.");

    [Test]
    public void Plan_LimitsDiffer_NamesTheTargetsWhoseLimitsFit()
    {
        var coarse = new FakeTarget("coarse") { Limits = new TrafficLimits(50, 2) };
        var switching = new FakeTarget("switching") { Limits = new TrafficLimits(100, 1) };

        string[] errors = With(pipeline => pipeline.UseCanary(canary => canary.Steps = [10, 100]), coarse, switching, new FakeTarget("fine")).Errors();

        errors.Should().HaveCount(2);
        errors[0].Should().Contain("give a canary 10% of the traffic, where 'coarse' can make shares in steps of 50%").And.Contain("In this pipeline 'fine' can.");
        errors[1].Should().Contain("let two revisions share the traffic (ISplitTraffic), and 'switching' can't. In this pipeline 'coarse', 'fine' can. 'switching' could carry recreate, rolling, blue-green, shadow.");
    }

    private static World With(Action<DeploymentPipelineBuilder> configure, FakeTarget target, params FakeTarget[] others) => new()
    {
        Target = target,
        Configure = pipeline =>
        {
            Array.ForEach(others, other => pipeline.DeployTo(other));
            configure(pipeline);
        },
    };
}
