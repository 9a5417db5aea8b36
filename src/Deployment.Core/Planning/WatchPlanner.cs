using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Plans a look of an extended watch. It plans nothing when the revision takes no traffic any more: then the watch is over.</summary>
internal static class WatchPlanner
{
    /// <param name="pipeline">The pipeline, or the service.</param>
    /// <param name="scheduled">The look.</param>
    /// <param name="deployment">The runbook of the deployment that is watched.</param>
    /// <param name="recorded">The blob of the baseline that the deployment recorded; null when there is none.</param>
    /// <param name="seen">What takes traffic now.</param>
    internal static Runbook Plan(PipelineDefinition pipeline, RunRecord scheduled, Runbook deployment, string? recorded, Observation seen)
    {
        (string target, RevisionId revision) = (scheduled.Targets[0].Target, scheduled.Targets[0].Previous!);
        var scope = new PlanningScope(pipeline.Table, new Dictionary<string, Observation> { [target] = seen }, new MomentTable([]));
        var root = new RunbookBuilder("", scope);
        if (pipeline.Watch is { } watch && seen.Traffic.ShareOf(revision) > 0)
        {
            RevisionId? before = deployment.Targets.FirstOrDefault(known => known.Target == target)?.Previous;
            root.LookBack(watch, new CheckSubject(target, revision, before), scheduled.CreatedAt, recorded);
        }

        return new Runbook
        {
            Kind = RunKind.Watch,
            Pipeline = pipeline.Name,
            Environment = pipeline.Environment,
            Application = revision.Application,
            Strategy = "watch",
            StrategyReason = "The release is watched on after its deployment.",
            Targets = scheduled.Targets,
            Basis = [],
            Root = root.Build(),
            Rollback = [],
            Triggers = ["A rule of the monitor that goes back is found: a run that goes back to the release before follows at once."],
            Roles = pipeline.Roles,
        };
    }
}
