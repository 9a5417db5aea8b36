using Deployment.Analysis;
using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>What of a deployment is watched on after its success. Not every rule of the monitor can be judged so late: the plan says which are left out.</summary>
internal static class ExtendedWatches
{
    /// <summary>Null where nothing is watched on. A release that is only tried isn't.</summary>
    internal static ExtendedWatch[]? Of(PipelineDefinition pipeline, PlanningInput input, IEnumerable<StrategyContext> contexts, PlanningScope scope, List<string> errors)
    {
        if (input.Kind != RunKind.Deploy || pipeline.Watch is not { Monitor: { Rules.Count: > 0, Options: { } options } } watch || options.Extended == TimeSpan.Zero)
        {
            return null;
        }

        List<ExtendedWatch> watches = [];
        foreach (StrategyContext context in contexts.Where(context => !scope.Trials.Contains(context.Target)))
        {
            // One that stays, while a flag is opened, can't be compared with itself.
            var subject = new CheckSubject(context.Target, context.Candidate.Id, context.Live == context.Candidate.Id ? null : context.Live);
            IMetricSource? own = scope.OwnMetrics(context.Target);
            WatchSubjects subjects = watch.SubjectsOf(subject, looksBack: true);
            string[] leftOut = [.. subjects.LeftOutOn(own)];
            if (subjects.MeasuredBy(own).Count > 0)
            {
                watches.Add(new ExtendedWatch(context.Target, context.Candidate.Id, options.Extended, options.ExtendedInterval) { LeftOut = leftOut.Length > 0 ? leftOut : null });
            }
            else if (context.Live is null && watch.SubjectsOf(subject with { Baseline = subject.Candidate }, looksBack: true).MeasuredBy(own).Count > 0)
            {
                scope.Explain("The release is not watched on after the run: it is the first one, so there is nothing to compare it with.");
            }
            else
            {
                errors.Add($"The monitor's {nameof(MonitorOptions.Extended)} is {options.Extended}, and no rule is left that could be judged so late{(leftOut.Length > 0 ? $": {string.Join("; ", leftOut)}" : "")}. Add one that compares a number with what a source with a memory measures, set {nameof(MonitorOptions.CompareInExtended)} or, to watch no longer than the run lasts, leave {nameof(MonitorOptions.Extended)} at 0.");
            }
        }

        return watches.Count > 0 ? [.. watches] : null;
    }
}
