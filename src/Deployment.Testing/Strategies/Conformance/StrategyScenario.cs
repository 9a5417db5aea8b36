namespace Deployment.Testing;

internal sealed record StrategyScenario(string Name, Action<StrategyTrial> Test);
