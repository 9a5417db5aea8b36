using Deployment.Health;
using Deployment.Planning;

namespace Deployment.Strategies;

/// <summary>A strategy that does a part of another one's work.</summary>
internal sealed class InnerStrategy
{
    private readonly string? _problem;
    private readonly IDeploymentStrategy? _strategy;

    /// <param name="owner">Whose option it is, for messages.</param>
    /// <param name="choose">The user's choice.</param>
    internal InnerStrategy(string owner, Action<DeploymentPipelineBuilder>? choose)
    {
        if (choose is null)
        {
            _problem = $"{owner} is null. Choose a strategy there, such as part => part.UseBlueGreen().";
            return;
        }

        try
        {
            _strategy = DeploymentPipelineBuilder.StrategyOf(choose);
        }
        catch (DeploymentException error)
        {
            _problem = $"{owner}: {error.Message}";
        }
    }

    /// <summary>Asked only of a pipeline that was built, so there is one.</summary>
    internal IDeploymentStrategy Strategy => _strategy!;

    /// <summary>Its checks; none where there is no strategy.</summary>
    internal IReadOnlyList<Check> Checks => _strategy?.Checks ?? [];

    internal IEnumerable<string> Problems => _problem is null ? Strategy.Validate() : [_problem];
}
