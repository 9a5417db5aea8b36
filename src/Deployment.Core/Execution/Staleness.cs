using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>Compares what a plan rests on with what is seen now, allowing for what the run itself did.</summary>
internal static class Staleness
{
    /// <summary>The facts that are neither as planned nor as the run's own steps left them; each with the value that was expected.</summary>
    internal static IReadOnlyList<Fact> Moved(ActiveRun run) =>
        [.. run.Runbook.Basis.Where(fact => run.Observations.TryGetValue(fact.Target, out Observation? seen) && !Allowed(run, fact).Contains(seen.ValueOf(fact.Name)))];

    /// <summary>The value after the steps that are done; and of each step in doubt, the value before and after it.</summary>
    private static HashSet<string> Allowed(ActiveRun run, Fact fact)
    {
        HashSet<string> allowed = [fact.Value];
        foreach (EffectStep step in run.Runbook.Steps.OfType<EffectStep>())
        {
            FactChange? change = step.Changes.FirstOrDefault(change => change.Target == fact.Target && change.Name == fact.Name);
            switch (change is null ? StepStatus.NotStarted : run.Progress.StatusOf(step.Id))
            {
                case StepStatus.Succeeded:
                    allowed = [change!.After];
                    break;
                case StepStatus.Started or StepStatus.Failed:
                    allowed.Add(change!.Before);
                    allowed.Add(change.After);
                    break;
            }
        }

        return allowed;
    }
}
