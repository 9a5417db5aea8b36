using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>One case's strategy with what its author promises, and the faults found so far: each promise once, where it was first broken.</summary>
internal sealed class StrategyTrial(Action<DeploymentPipelineBuilder, FakeFeatureFlagStore> use, StrategyConformanceOptions options)
{
    private readonly List<StrategyFault> _faults = [];

    internal StrategyConformanceOptions Options => options;

    internal IReadOnlyList<StrategyFault> Faults => _faults;

    /// <summary>The sets of capabilities that most scenarios take place under: just what is needed, and all there are.</summary>
    internal IEnumerable<FakeCapabilities> LeastAndMost => new[] { options.Needs, FakeCapabilities.All }.Distinct();

    internal void Use(DeploymentPipelineBuilder pipeline, FakeFeatureFlagStore flags) => use(pipeline, flags);

    internal void Add(StrategyPromise promise, string message)
    {
        if (_faults.TrueForAll(fault => fault.Promise != promise))
        {
            _faults.Add(new StrategyFault(promise, message));
        }
    }

    internal StrategyWorld World(FakeCapabilities? capabilities = null, TrafficLimits? limits = null, int? targets = null) =>
        new(this, capabilities ?? FakeCapabilities.All, limits ?? new TrafficLimits(1, int.MaxValue), targets ?? options.Targets);

    /// <summary>A world where version 1.0.0 is live and 1.1.0 is to come; null when it could not be got so far, which is a fault already.</summary>
    internal StrategyWorld? Prepared(FakeCapabilities? capabilities = null, TrafficLimits? limits = null)
    {
        StrategyWorld world = World(capabilities, limits);
        if (!world.Deploys(StrategyWorld.First, "the first deployment"))
        {
            return null;
        }

        world.CloseFlag();
        return world;
    }
}
