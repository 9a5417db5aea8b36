using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Testing;

/// <summary>What a plan must be, before anything is done.</summary>
internal static class PlanRules
{
    /// <summary>Whether the plan is worth being followed.</summary>
    internal static bool Hold(StrategyWorld world, Runbook runbook)
    {
        bool plansSomething = runbook.Steps.OfType<EffectStep>().Any();
        if (!plansSomething)
        {
            world.Breach(StrategyPromise.PlansSomething, "The plan has no effect. Add the steps that bring the candidate: RunbookBuilder.Effect.");
        }

        foreach (RunTarget target in runbook.Targets)
        {
            SaysWhatToGoBackTo(world, runbook, target);
        }

        foreach (FollowUp later in runbook.FollowUps.Where(later => runbook.Targets.Any(target => target.Candidate == later.Revision)))
        {
            world.Breach(StrategyPromise.RetiresOnlyTheOld, $"The plan has {later.Revision} removed from {later.Target} after {later.After}, and that is what it brings. Give RetireLater what was live before.");
        }

        return ActsOnItsTarget(world, runbook) && plansSomething;
    }

    /// <summary>Says what it means that planning threw.</summary>
    internal static void Refused(StrategyWorld world, Exception error)
    {
        string message = error.Message;
        if (message.Contains("it passes no moment at or after", StringComparison.Ordinal))
        {
            world.Breach(StrategyPromise.PassesItsMoments, $"{message} Pass Moment.Complete when the strategy is done, and the others on the way: RunbookBuilder.Check.");
        }
        else if (message.Contains("no target of that name was observed", StringComparison.Ordinal) || message.Contains("There is no target '", StringComparison.Ordinal))
        {
            world.Breach(StrategyPromise.ActsOnItsTarget, $"{message} A strategy plans one target, StrategyContext.Target, and touches no other.");
        }
        else
        {
            world.Breach(StrategyPromise.PlansWithWhatItNeeds, $"There is all that the strategy is said to need ({world.Options.Needs}), and planning failed: {error.GetType().Name}: {message} Over nothing StrategyContext.Live and Current are null. Name every capability in StrategyConformanceOptions.Needs that it can't do without.");
        }
    }

    private static void SaysWhatToGoBackTo(StrategyWorld world, Runbook runbook, RunTarget target)
    {
        if (target.Previous is not { } old || old == target.Candidate)
        {
            return;
        }

        RollbackGuard? guard = runbook.Rollback.FirstOrDefault(guard => guard.Target == target.Target);
        if (guard is null || guard.Verify.Any(check => check.Subject.Candidate != old))
        {
            world.Breach(StrategyPromise.SaysWhatToGoBackTo, $"{old} is live on {target.Target}, and the plan {(guard is null ? "doesn't say" : "says something else than")} that a rollback goes back to it, so nobody would look whether it is well then. Call RunbookBuilder.RollBackTo with StrategyContext.Live.");
        }
    }

    /// <summary>Several targets are lanes, each named after its target.</summary>
    private static bool ActsOnItsTarget(StrategyWorld world, Runbook runbook)
    {
        bool holds = true;
        foreach (RunbookNode lane in Lanes(runbook.Root))
        {
            string own = lane.Id[(lane.Id.LastIndexOf('/') + 1)..];
            foreach (RunbookStep step in RunbookTree.StepsOf(lane))
            {
                foreach (string other in TargetsOf(step).Where(target => target != own && world.Targets.Any(known => known.Name == target)).Distinct())
                {
                    holds = false;
                    world.Breach(StrategyPromise.ActsOnItsTarget, $"In the plan of {own} the step '{step.Title}' ({step.Id}) is about {other}. A strategy plans one target, StrategyContext.Target, and touches no other.");
                }
            }
        }

        return holds;
    }

    private static IEnumerable<RunbookNode> Lanes(SequenceNode root) =>
        root.Children.OfType<ParallelNode>().FirstOrDefault(group => group.Id == "targets") is { } group ? group.Lanes : [];

    private static IEnumerable<string> TargetsOf(RunbookStep step) => step switch
    {
        EffectStep effect => new[] { effect.Operation.Target, effect.Undo.Operation?.Target ?? effect.Operation.Target }.Concat(effect.Changes.Select(change => change.Target)),
        CheckStep check => [check.Subject.Target],
        _ => [],
    };
}
