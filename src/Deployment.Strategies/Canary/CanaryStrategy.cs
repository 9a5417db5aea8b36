using Deployment.Health;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Strategies.Canary;

/// <summary>Installs the new revision beside the old, and gives it the users in shares.</summary>
internal sealed class CanaryStrategy(CanaryOptions given) : IDeploymentStrategy
{
    private readonly CanaryOptions _options = given.Copy();

    public string Name => "canary";

    public IReadOnlyList<string> Validate() => CanaryRules.Problems(_options);

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        if (Rollout.Of(context, runbook, _options.Retry) is not { } rollout)
        {
            return;
        }

        if (rollout.GoesBack)
        {
            runbook.Explain("Going back is one switch: users wait for it, so no share, bake, tester or person stands before it.");
            InOneStep(rollout, gate: null, TimeSpan.Zero);
            return;
        }

        if (Needed(rollout) is not { } steps)
        {
            return;
        }

        if (context.Live is null)
        {
            runbook.Explain("Where nothing is live there is nobody to compare with: all users get the release in one step.");
            InOneStep(rollout, _options.Steps.Select(step => step.Gate).FirstOrDefault(gate => gate is not null), BakeOf(steps[^1]));
            return;
        }

        InShares(rollout, context.Live, context.IsHotfix ? FirstAndLast(rollout, steps) : steps);
    }

    /// <summary>The steps as the target makes them; null where it lacks something that the options ask for. All of it is recorded.</summary>
    private IReadOnlyList<PlannedStep>? Needed(Rollout rollout)
    {
        StrategyContext context = rollout.Context;
        IReadOnlyList<PlannedStep> steps = CanaryWeights.For(_options, rollout.Router.Limits, context, rollout.Runbook);
        bool complete = steps.Count > 0;
        complete &= _options.Testers is null || context.Require<IRouteTesters>() is not null;
        complete &= !_options.RequireStickyUsers
            || context.Require<ISplitTraffic>(router => router.Limits.KeepsUsers, "keep a user with one revision while its share stays or grows") is not null;
        complete &= _options.Baseline != CanaryBaseline.Required || CanaryBaselines.IsPossible(context);
        return complete ? steps : null;
    }

    private void InOneStep(Rollout rollout, ManualGate? gate, TimeSpan bake)
    {
        var subject = new CheckSubject(rollout.Context.Target, rollout.Candidate, rollout.Context.Live);
        rollout.Begin();
        rollout.CheckInTheDark(subject);
        if (gate is not null)
        {
            rollout.Gate($"Go/No-Go by {gate.Role} before 100%", gate);
        }

        rollout.Shift($"Switch all traffic to {rollout.Candidate}", TrafficSplit.AllTo(rollout.Candidate));
        rollout.Bake("Bake at 100%", bake, ReasonOf(100), subject);
        rollout.Runbook.Check(Moment.Shifted, subject);
        rollout.Complete(subject, _options.RollbackWindow);
    }

    private void InShares(Rollout rollout, RevisionId live, IReadOnlyList<PlannedStep> steps)
    {
        rollout.Begin();
        RevisionId? baseline = CanaryBaselines.Install(rollout, _options.Baseline);
        var compared = new CheckSubject(rollout.Context.Target, rollout.Candidate, baseline ?? live);
        rollout.CheckInTheDark(compared);
        if (_options.Testers is { } testers)
        {
            LetTest(rollout, testers);
        }

        foreach (PlannedStep step in steps)
        {
            Give(rollout, step, live, baseline, compared);
        }

        rollout.Complete(compared with { Baseline = live }, _options.RollbackWindow);
    }

    /// <summary>Users wait for a hotfix: a few of them try it, then all get it. A step that a person lets begin stays.</summary>
    private static IReadOnlyList<PlannedStep> FirstAndLast(Rollout rollout, IReadOnlyList<PlannedStep> steps)
    {
        PlannedStep[] between = [.. steps.Skip(1).SkipLast(1).Where(step => step.Given.Gate is null)];
        foreach (PlannedStep step in between)
        {
            rollout.Runbook.LeaveOut($"The canary's step of {step.Weight}%.");
        }

        return [.. steps.Except(between)];
    }

    private void Give(Rollout rollout, PlannedStep step, RevisionId live, RevisionId? baseline, CheckSubject compared)
    {
        if (step.Given.Gate is { } gate)
        {
            rollout.Gate($"Go/No-Go by {gate.Role} before {step.Weight}%", gate);
        }

        if (step.Weight == 100)
        {
            // The baseline has no users any more then, and says nothing about the release.
            compared = compared with { Baseline = live };
            rollout.Shift($"Shift all traffic to {rollout.Candidate}", TrafficSplit.AllTo(rollout.Candidate));
            CanaryBaselines.Remove(rollout, baseline);
        }
        else
        {
            rollout.Shift($"Shift {step.Weight}% to {rollout.Candidate}{step.Asked}", CanaryBaselines.Split(step.Weight, rollout.Candidate, live, baseline));
        }

        rollout.Bake($"Bake at {step.Weight}%", BakeOf(step), ReasonOf(step.Weight), compared);
        if (step.Given.Checks)
        {
            rollout.Runbook.Check(Moment.Shifted, compared);
        }
    }

    private static void LetTest(Rollout rollout, CanaryTesters testers)
    {
        // What the plan could not do without was asked for before.
        IRouteTesters router = rollout.Context.Capability<IRouteTesters>()!;
        IReadOnlyList<string> lines = router.TesterCommands(rollout.Candidate);
        rollout.LetTestersIn(router);
        if (testers.Time > TimeSpan.Zero)
        {
            rollout.Runbook.Wait("Testers first", testers.Time, "Testers try the release before any user gets it.", lines);
        }

        if (testers.Gate is { } gate)
        {
            rollout.Gate($"Go/No-Go by {gate.Role} after the testers", gate, lines);
        }
    }

    private TimeSpan BakeOf(PlannedStep step) => step.Given.BakeTime ?? _options.BakeTime;

    private static string ReasonOf(int weight) => $"To see how the release does with {weight}% of the traffic.";
}
