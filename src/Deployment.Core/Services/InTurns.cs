using Deployment.Planning;

namespace Deployment.Services;

/// <summary>What a pipeline of services has in place of a strategy: each service brings its own.</summary>
internal sealed class InTurns : IDeploymentStrategy
{
    internal const string Reason = "What a service needs comes before it; what needs nothing of each other goes side by side; going back is the other way round.";

    public string Name => "services";

    public IReadOnlyList<string> Validate() => [];

    public void Plan(StrategyContext context, RunbookBuilder runbook) => throw new InvalidOperationException("Each service is planned by its own strategy.");
}
