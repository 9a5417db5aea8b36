using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>
/// Plans a look of an extended watch: a lane for each target. Where the revision takes no traffic any more the watch is over, and the target isn't in the plan;
/// where it can't be looked at now it is there without a step, and the next look goes over that time.
/// </summary>
internal static class WatchPlanner
{
    /// <summary>A lane that is held for a person keeps its place, so there are more of them than where something is changed.</summary>
    private static readonly LanePolicy SideBySide = new() { MaxConcurrency = 64 };

    /// <param name="pipeline">The pipeline, with its services.</param>
    /// <param name="scheduled">The look.</param>
    /// <param name="watched">What is watched.</param>
    /// <param name="seen">What takes traffic now, of the targets that can be looked at.</param>
    /// <param name="waiting">Those that have to wait for the next look, with why.</param>
    /// <param name="now">The time.</param>
    internal static Runbook Plan(PipelineDefinition pipeline, RunRecord scheduled, WatchedDeployment watched, IReadOnlyDictionary<string, Observation> seen, IReadOnlyDictionary<string, string> waiting, DateTimeOffset now)
    {
        var over = watched.Targets.Select(target => (Target: target, Why: waiting.ContainsKey(target.Target) ? null : WhyOver(pipeline, target, seen))).Where(target => target.Why is not null).ToArray();
        WatchedTarget[] still = [.. watched.Targets.Except(over.Select(target => target.Target))];
        WatchedTarget[] due = [.. still.Where(target => target.Due <= now && !waiting.ContainsKey(target.Target))];
        var root = new RunbookBuilder("", new PlanningScope(pipeline.Table, seen, new MomentTable([])));
        if (due is [{ } only])
        {
            root.Sequence(only.Target, lane => Look(pipeline, only, lane));
        }
        else if (due.Length > 0)
        {
            root.Parallel("targets", SideBySide, due.Select(target => KeyValuePair.Create<string, Action<RunbookBuilder>>(target.Target, lane => Look(pipeline, target, lane))));
        }

        return new Runbook
        {
            Kind = RunKind.Watch,
            Pipeline = pipeline.Name,
            Environment = pipeline.Environment,
            Application = scheduled.Application,
            Strategy = "watch",
            StrategyReason = string.Join(' ', [
                $"What run {watched.Deployment} brought is watched on.",
                .. still.Where(target => waiting.ContainsKey(target.Target)).Select(target => $"{target.Target} is not looked at now: {waiting[target.Target].TrimEnd('.')}. {(now < target.LastChance ? "The next look goes over that time" : "Its watch is over")}."),
                .. over.Select(target => $"{target.Target.Revision} on {target.Target.Target} is watched no longer: {target.Why}.")]),
            Targets = [.. still.Select(target => new RunTarget(target.Target, null, target.Revision))],
            Basis = [],
            Root = root.Build(),
            Rollback = [],
            Triggers = [$"A rule of the monitor that goes back is found on one of the targets, or a check of the health fails there: then a run follows at once that goes back from all that run {watched.Deployment} brought."],
            Roles = pipeline.Roles,
        };
    }

    private static string? WhyOver(PipelineDefinition pipeline, WatchedTarget target, IReadOnlyDictionary<string, Observation> seen) => PartOf(pipeline, target.Target) switch
    {
        null => "the pipeline has no such target any more",
        { Watch: null } => "the pipeline has no monitor any more",
        _ => seen[target.Target].Traffic.ShareOf(target.Revision) > 0 ? null : "it takes no traffic any more",
    };

    /// <summary>Which part of the pipeline watches a target; null where none does in this build.</summary>
    internal static PipelineDefinition? PartOf(PipelineDefinition pipeline, string target) => pipeline.Services.Count == 0
        ? pipeline.Targets.Any(known => known.Name == target) ? pipeline : null
        : pipeline.Services.Select(service => service.Part).FirstOrDefault(part => part.Targets.Any(known => known.Name == target));

    private static void Look(PipelineDefinition pipeline, WatchedTarget target, RunbookBuilder lane)
    {
        if (PartOf(pipeline, target.Target)?.Watch is { } watch)
        {
            lane.LookBack(watch, target);
        }
    }
}
