using System.Globalization;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Benchmarks.Workload;

/// <summary>Plans a number of equal effects, one after the other or each in a lane of its own.</summary>
internal sealed class StepsStrategy(int count, Func<StrategyContext, Operation> effect, Func<StrategyContext, Undo> undo) : IDeploymentStrategy
{
    public string Name => "steps";

    /// <summary>How many lanes run at once; null for a sequence.</summary>
    internal int? LanesAtOnce { get; init; }

    public IReadOnlyList<string> Validate() => [];

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        if (LanesAtOnce is not { } lanes)
        {
            for (int i = 1; i <= count; i++)
            {
                Add(context, runbook, i);
            }

            return;
        }

        runbook.Parallel("lanes", new LanePolicy { MaxConcurrency = lanes }, Enumerable.Range(1, count).Select(i =>
            KeyValuePair.Create<string, Action<RunbookBuilder>>(string.Create(CultureInfo.InvariantCulture, $"lane {i}"), lane => Add(context, lane, i))));
    }

    private void Add(StrategyContext context, RunbookBuilder runbook, int i) =>
        runbook.Effect(string.Create(CultureInfo.InvariantCulture, $"Step {i}"), effect(context), undo(context));
}
