using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Looks at targets, a few at a time.</summary>
internal static class Observer
{
    internal static async Task<IReadOnlyDictionary<string, Observation>> ObserveAsync(TargetTable targets, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var seen = new SortedDictionary<string, Observation>(StringComparer.Ordinal);
        var gate = new Lock();
        await Execution.Lanes.RunAsync(names.ToArray(), 16, async name =>
        {
            DeploymentTarget target = targets.Find(name) ?? throw new DeploymentException($"There is no target '{name}' in this pipeline.");
            Observation observation = await target.ObserveAsync(cancellationToken);
            lock (gate)
            {
                seen[name] = observation;
            }
        });
        return seen;
    }
}
