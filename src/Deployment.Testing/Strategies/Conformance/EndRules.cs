using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>How a run must end.</summary>
internal static class EndRules
{
    /// <summary>Whether the run succeeded with all traffic on the candidate.</summary>
    internal static bool Succeeded(StrategyWorld world, DeploymentResult? result, StrategyPromise promise = StrategyPromise.Succeeds)
    {
        if (result is null)
        {
            return false;
        }

        WatchedRun run = world.Watch.Run!;
        if (result.Outcome != DeploymentOutcome.Succeeded)
        {
            world.Consequence(promise, $"It should have succeeded, and it ended {result}{Held(run)} {Advice(promise)}");
            return false;
        }

        foreach (FakeTarget target in world.Targets)
        {
            EndsWithTheCandidate(world, run, target.Name, target.Now);
            MirrorRules.Ended(world, run, target.Now);
        }

        FlagRules.Succeeded(world, run);
        if (run.Unchecked.Count > 0)
        {
            world.Breach(StrategyPromise.PassesItsMoments, $"On {string.Join(", ", run.Unchecked)} no check has looked since the candidate was last given traffic. Pass Moment.Shifted after each shift, and Moment.Complete when the strategy is done.");
        }

        return true;
    }

    /// <summary>The run must have gone back, and everything must be as before it.</summary>
    internal static void WentBack(StrategyWorld world, DeploymentResult? result)
    {
        WatchedRun run = world.Watch.Run!;
        if (result is null || IsPastNoReturn(result))
        {
            return;
        }

        if (result.Outcome is not (DeploymentOutcome.RolledBack or DeploymentOutcome.Rejected))
        {
            world.Consequence(StrategyPromise.GoesBackWhole, $"It should have gone back, and it ended {result}{Held(run)} {Advice(StrategyPromise.GoesBackWhole)}");
            return;
        }

        FlagRules.WentBack(world, run);
        foreach (FakeTarget target in world.Targets.Where(target => target.Now.ToString() != run.Before[target.Name].ToString()))
        {
            world.Consequence(StrategyPromise.GoesBackWhole, $"It ended {result.Outcome} ({result.Reason}), and it is not as before. Before: {run.Before[target.Name]}. Now: {target.Now}. {Advice(StrategyPromise.GoesBackWhole)}");
        }
    }

    private static void EndsWithTheCandidate(StrategyWorld world, WatchedRun run, string target, Observation now)
    {
        RevisionId candidate = run.CandidateOn(target);
        if (!now.Traffic.Equals(TrafficSplit.AllTo(candidate)))
        {
            world.Breach(StrategyPromise.EndsWithTheCandidate, $"It succeeded, and {candidate} doesn't take all traffic: {now}. End with Route(TrafficSplit.AllTo(candidate)), or refuse the plan.");
        }

        if (now.Slots.Count > 0 && !now.Slots.Names.SequenceEqual(world.Targets.Single(other => other.Name == target).Slots))
        {
            world.Breach(StrategyPromise.EndsWithTheCandidate, $"It succeeded, and other slots are filled on {target} than {string.Join(", ", world.Targets.Single(other => other.Name == target).Slots)}: {now.Slots}. Fill all of IReplaceInstances.Slots, and vacate what ran besides.");
        }

        RevisionId[] known = [.. run.Before[target].Revisions.Select(seen => seen.Id), candidate, .. run.Runbook.FollowUps.Select(later => later.Revision)];
        foreach (ObservedRevision left in now.Revisions.Where(seen => !known.Contains(seen.Id)))
        {
            world.Breach(StrategyPromise.EndsWithTheCandidate, $"It succeeded and left {left.Id} behind on {target}, which it made itself. Remove it in the plan, or have it removed by RetireLater.");
        }
    }

    /// <summary>What can't be undone is left to a person, who is told so in the plan.</summary>
    private static bool IsPastNoReturn(DeploymentResult result)
    {
        HashSet<string> irreversible = [.. result.Runbook.Steps.OfType<EffectStep>().Where(step => step.Undo.Kind == UndoKind.Impossible).Select(step => step.Id)];
        return result.Log.Entries.Any(entry => entry.Kind == JournalEntryKind.StepStarted && irreversible.Contains(entry.Step ?? ""));
    }

    private static string Held(WatchedRun run) => run.Held is { } why ? $" A person was asked for: {why}" : "";

    private static string Advice(StrategyPromise promise) => promise switch
    {
        StrategyPromise.GoesBackWhole => "The undo of each effect must bring back what was there before that effect, whether it happened, half happened or never happened.",
        StrategyPromise.SurvivesCrashes => "State in EffectOptions.Changes all that an effect changes of what the plan rests on, and plan effects that can be repeated.",
        _ => "Look at the step that failed: each must find what those before it left.",
    };
}
