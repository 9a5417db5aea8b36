using Deployment.Health;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>Checks can look after each shift, and the last moment is the last.</summary>
internal static class MomentRules
{
    internal static void TookPlace(StrategyWorld world, WatchedRun run, WatchedEffect effect, Observation now)
    {
        string target = effect.Target.Name;
        if (!effect.IsForward || now.Traffic.Equals(effect.Before.Traffic))
        {
            return;
        }

        if (run.Complete.Contains(target))
        {
            world.Breach(StrategyPromise.PassesItsMoments, $"{effect} changes traffic after Moment.Complete was passed. Pass that moment when the strategy is done.");
        }

        if (now.Traffic.ShareOf(run.CandidateOn(target)) > effect.Before.Traffic.ShareOf(run.CandidateOn(target)) && !run.Unchecked.Add(target))
        {
            world.Breach(StrategyPromise.PassesItsMoments, $"{effect} gives the candidate more traffic, and no check has looked since it was given some. Pass Moment.Shifted after each shift.");
        }
    }

    internal static void Passed(WatchedRun run, string check, CheckSubject subject, bool isCandidate)
    {
        if (check == WatchedCheck.Health)
        {
            run.Well.Add(subject.Candidate);
            // A baseline is a copy of what is live that was installed to compare with; both are looked at together.
            _ = subject.Baseline is { } baseline && run.Well.Add(baseline);
        }

        if (isCandidate)
        {
            run.Unchecked.Remove(subject.Target);
            _ = check == WatchedCheck.Last && run.Complete.Add(subject.Target);
        }
    }
}
