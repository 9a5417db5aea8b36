namespace Deployment.Testing;

/// <summary>
/// What every <see cref="Deployment.Planning.IDeploymentStrategy"/> must do, as cases for any test framework: give <see cref="Cases"/> to its
/// source of test cases and run each. A case takes the strategy through many deployments on fake targets in virtual time: undisturbed, with
/// each step and each check failing, with the process dying at every point, with an abort at every entry of the journal. Each breach is named
/// by a <see cref="StrategyPromise"/>.
/// </summary>
public sealed class StrategyConformance
{
    /// <summary>The feature flag that the suite looks after: it is closed before each deployment.</summary>
    public const string Flag = "feature";

    /// <summary>Creates the suite.</summary>
    /// <param name="use">Puts the strategy into a pipeline, as a user would: <c>pipeline => pipeline.UseBlueGreen()</c>. It is called for each simulated process.</param>
    /// <param name="options">What its author promises.</param>
    public StrategyConformance(Action<DeploymentPipelineBuilder> use, StrategyConformanceOptions options)
        : this(Without(use), options)
    {
    }

    /// <summary>Creates the suite for a strategy that opens a feature flag.</summary>
    /// <param name="use">
    /// Puts the strategy into a pipeline, with the flag <see cref="Flag"/> of this store:
    /// <c>(pipeline, flags) => pipeline.UseFeatureFlag(flag => (flag.Flag, flag.Store) = (StrategyConformance.Flag, flags))</c>. It is called for each simulated process.
    /// </param>
    /// <param name="options">What its author promises.</param>
    public StrategyConformance(Action<DeploymentPipelineBuilder, FakeFeatureFlagStore> use, StrategyConformanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(use);
        ArgumentNullException.ThrowIfNull(options);
        Cases = [.. PlanCases.All.Concat(DeployCases.All).Concat(FailureCases.All).Concat(CrashCases.All).Concat(AbortCases.All)
            .Select(scenario => new StrategyConformanceCase(scenario.Name, () => Run(scenario, use, options)))];
    }

    /// <summary>All cases. They are independent of each other.</summary>
    public IReadOnlyList<StrategyConformanceCase> Cases { get; }

    private static Action<DeploymentPipelineBuilder, FakeFeatureFlagStore> Without(Action<DeploymentPipelineBuilder> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return (pipeline, _) => use(pipeline);
    }

    private static void Run(StrategyScenario scenario, Action<DeploymentPipelineBuilder, FakeFeatureFlagStore> use, StrategyConformanceOptions options)
    {
        var trial = new StrategyTrial(use, options);
        scenario.Test(trial);
        if (trial.Faults.Count > 0)
        {
            throw new StrategyConformanceException(scenario.Name, trial.Faults);
        }
    }
}
