using Deployment.Execution;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Looks at the targets of an extended watch and plans a look.</summary>
internal static class WatchPlanning
{
    /// <summary>How many targets are looked at at once.</summary>
    private const int AtOnce = 16;

    /// <param name="store">Where the look's record says what is watched.</param>
    /// <param name="pipeline">The pipeline, with its services.</param>
    /// <param name="look">The look, which is due.</param>
    /// <param name="busy">The targets that other runs hold: nobody knows what users will have there.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">It isn't known what is watched, or none of the targets can be looked at.</exception>
    internal static async Task<Runbook> PlanAsync(IDeploymentStore store, PipelineDefinition pipeline, RunRecord look, IReadOnlySet<string> busy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        WatchedDeployment watched = await WatchedDeployment.ReadAsync(store, look, cancellationToken);
        var waiting = watched.Targets.Where(target => busy.Contains(target.Target)).ToDictionary(target => target.Target, _ => "another run holds it", StringComparer.Ordinal);
        var seen = new Dictionary<string, Observation>(StringComparer.Ordinal);
        Exception? problem = null;
        var gate = new Lock();
        await Lanes.RunAsync([.. watched.Targets.Select(target => target.Target).Where(target => !busy.Contains(target) && WatchPlanner.PartOf(pipeline, target) is not null)], AtOnce, async target =>
        {
            (Observation? there, Exception? error) = await TryObserveAsync(pipeline, target, cancellationToken);
            lock (gate)
            {
                problem = error ?? problem;
                if (there is not null)
                {
                    seen[target] = there;
                }
                else
                {
                    waiting[target] = $"it can't be reached: {error!.Message}";
                }
            }
        });
        return problem is not null && seen.Count == 0 && watched.Targets.Any(target => now < target.LastChance)
            ? throw new DeploymentException($"None of the targets of run {look.Id} can be looked at: {problem.Message}", problem)
            : WatchPlanner.Plan(pipeline, look, watched, seen, waiting, now);
    }

    /// <summary>One that can't be reached must not keep the others from being watched.</summary>
    private static async Task<(Observation? There, Exception? Problem)> TryObserveAsync(PipelineDefinition pipeline, string target, CancellationToken cancellationToken)
    {
        try
        {
            return ((await Observer.ObserveAsync(pipeline.Table, [target], cancellationToken))[target], null);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, error);
        }
    }
}
