using Deployment.Runbooks;
using Deployment.Strategies.Canary;
using Deployment.Strategies.FeatureFlags;

namespace Deployment.Tests.Strategies;

/// <summary>Every strategy of the library goes through the suite that is offered for those of users.</summary>
[Category("Unit")]
public sealed class StrategyConformanceTests
{
    private const FakeCapabilities Sides = FakeCapabilities.HostRevisions | FakeCapabilities.SplitTraffic;

    private static IEnumerable<TestCaseData> Strategies() =>
    [
        .. Of("recreate", pipeline => pipeline.UseRecreate(), new() { Needs = FakeCapabilities.UpdateInPlace, LeastCapacityPercent = 0, FinishesRequests = false }),
        .. Of("recreate, one by one", pipeline => pipeline.UseRecreate().WithLanes(new LanePolicy { MaxConcurrency = 1 }), new() { Needs = FakeCapabilities.UpdateInPlace, LeastCapacityPercent = 75, FinishesRequests = false, Targets = 4 }),
        .. Of("rolling", pipeline => pipeline.UseRolling(), new() { Needs = FakeCapabilities.ReplaceInstances, LeastCapacityPercent = 75 }),
        .. Of("rolling, only besides", pipeline => pipeline.UseRolling(rolling => (rolling.MaxUnavailable, rolling.MaxSurge) = (0, 1)), new() { Needs = FakeCapabilities.ReplaceInstances, Instances = 3 }),
        .. Of("rolling on several targets", pipeline => pipeline.UseRolling().WithLanes(new LanePolicy { MaxConcurrency = 1 }), new() { Needs = FakeCapabilities.ReplaceInstances, LeastCapacityPercent = 90, Targets = 3 }),
        .. Of("blue-green", pipeline => pipeline.UseBlueGreen(), new() { Needs = Sides }),
        .. Of("blue-green without a window", pipeline => pipeline.UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.Zero), new() { Needs = Sides }),
        .. Of("canary", pipeline => pipeline.UseCanary(), new() { Needs = Sides }),
        .. Of("canary with a baseline", pipeline => pipeline.UseCanary(canary => canary.Baseline = CanaryBaseline.Required), new() { Needs = Sides }),
        .. Of("shadow", pipeline => pipeline.UseShadow(), new() { Needs = Sides | FakeCapabilities.MirrorTraffic }),
        .. Of("shadow, then a canary with a baseline", pipeline => pipeline.UseShadow(shadow => shadow.Then = part => part.UseCanary(canary => canary.Baseline = CanaryBaseline.Required)), new() { Needs = Sides | FakeCapabilities.MirrorTraffic }),
        .. Of("shadow, then recreate", pipeline => pipeline.UseShadow(shadow => shadow.Then = part => part.UseRecreate()), new() { Needs = FakeCapabilities.HostRevisions | FakeCapabilities.UpdateInPlace | FakeCapabilities.MirrorTraffic, LeastCapacityPercent = 0, FinishesRequests = false }),
        .. OfFlag("feature flag", flag => flag.Deploy = part => part.UseBlueGreen(), new() { Needs = Sides }),
        .. OfFlag("feature flag behind a canary on several targets", flag => flag.Deploy = part => part.UseCanary(canary => canary.Steps = [50, 100]), new() { Needs = Sides, Targets = 2 }),
        .. OfFlag("feature flag behind recreate", flag => flag.Deploy = part => part.UseRecreate(), new() { Needs = FakeCapabilities.UpdateInPlace, LeastCapacityPercent = 0, FinishesRequests = false }),
        .. Of("blue-green in waves", pipeline => pipeline.UseBlueGreen().InWaves(), new() { Needs = Sides, Targets = 4 }),
    ];

    [TestCaseSource(nameof(Strategies))]
    public void BuiltIn_Conforms(StrategyConformanceCase conformance) => conformance.Run();

    private static IEnumerable<TestCaseData> Of(string name, Action<DeploymentPipelineBuilder> use, StrategyConformanceOptions options) =>
        Of(name, new StrategyConformance(use, options));

    private static IEnumerable<TestCaseData> OfFlag(string name, Action<FeatureFlagOptions> configure, StrategyConformanceOptions options) => Of(name, new StrategyConformance(
        (pipeline, flags) => pipeline.UseFeatureFlag(flag =>
        {
            (flag.Flag, flag.Store) = (StrategyConformance.Flag, flags);
            configure(flag);
        }),
        options));

    private static IEnumerable<TestCaseData> Of(string name, StrategyConformance suite) =>
        suite.Cases.Select(conformance => new TestCaseData(conformance).SetArgDisplayNames($"{name}: {conformance}"));
}
