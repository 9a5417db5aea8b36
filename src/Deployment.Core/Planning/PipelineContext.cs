using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>What a strategy knows when it plans all targets together.</summary>
public sealed class PipelineContext
{
    private readonly IReadOnlyDictionary<string, Observation> _seen;
    private readonly Action<RunbookBuilder> _planTargets;
    private readonly List<string> _errors;

    internal PipelineContext(RunKind kind, IReadOnlyList<StrategyContext> targets, IReadOnlyDictionary<string, Observation> seen, Action<RunbookBuilder> planTargets, List<string> errors)
    {
        Kind = kind;
        Targets = targets;
        _seen = seen;
        _planTargets = planTargets;
        _errors = errors;
    }

    /// <summary>Why the run is made; see <see cref="StrategyContext.Kind"/>.</summary>
    public RunKind Kind { get; }

    /// <summary>The targets that are planned.</summary>
    public IReadOnlyList<StrategyContext> Targets { get; }

    /// <summary>What was seen at a resource of the pipeline.</summary>
    /// <exception cref="DeploymentException">The pipeline has no such resource.</exception>
    public Observation Resource(string name) =>
        _seen.GetValueOrDefault(name) ?? throw new DeploymentException($"The pipeline has no resource '{name}'. Add it: UseResource(...).");

    /// <summary>Plans each target with <see cref="IDeploymentStrategy.Plan"/>, side by side or in waves, as the pipeline says.</summary>
    public void PlanTargets(RunbookBuilder runbook)
    {
        ArgumentNullException.ThrowIfNull(runbook);
        _planTargets(runbook);
    }

    /// <summary>Records an error: the plan is refused with all of them.</summary>
    public void Refuse(string error) => _errors.Add(error);
}
