using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>
/// What was live before what is live. A deployment lies on top of what it replaced; going back takes off all that lay above its goal, so that
/// nobody is sent to a release that was gone back from.
/// </summary>
internal static class ReleaseStack
{
    /// <summary>The run that brought what was live before; null when nothing was.</summary>
    /// <param name="runs">All runs, in the order in which they were made.</param>
    /// <param name="live">What is seen to be live.</param>
    internal static RunRecord? Below(IReadOnlyList<RunRecord> runs, IReadOnlyList<RevisionId> live)
    {
        if (live.Count == 0)
        {
            return null;
        }

        List<RunRecord> stack = Of(runs);
        int top = TopOf(stack, live);
        return top > 0 ? stack[top - 1] : null;
    }

    /// <summary>The run that brought what a deployment replaced; null when nothing was live before.</summary>
    internal static RunRecord? Before(IReadOnlyList<RunRecord> runs, RunRecord deployment) => Of([.. runs.TakeWhile(run => run.Id != deployment.Id)]).LastOrDefault();

    /// <summary>The run that brought what is live; null when no successful one did.</summary>
    internal static RunRecord? Top(IReadOnlyList<RunRecord> runs, IReadOnlyList<RevisionId> live)
    {
        List<RunRecord> stack = Of(runs);
        return live.Count > 0 && TopOf(stack, live) is var top && top < stack.Count ? stack[top] : null;
    }

    /// <summary>What no successful run brought (one that succeeded in part, somebody's own hand) lies above them all.</summary>
    private static int TopOf(List<RunRecord> stack, IReadOnlyList<RevisionId> live) =>
        live.Max(id => IndexOf(stack, id, stack.Count) is var found and >= 0 ? found : stack.Count);

    /// <summary>
    /// Whether it brought a release to users, and all went well, or it was left to them because nothing older should come back. One that only opened or closed
    /// a flag left what was live.
    /// </summary>
    internal static bool Brought(RunRecord run) => (run.Outcome == DeploymentOutcome.Succeeded || run.IsLeftStanding)
        && run.Kind is RunKind.Deploy or RunKind.RollBack
        && run.RunbookHash is not null
        && run.Targets.Any(target => target is { Candidate: not null, Trial: false } && target.Candidate != target.Previous);

    private static List<RunRecord> Of(IReadOnlyList<RunRecord> runs)
    {
        List<RunRecord> stack = [];
        foreach (RunRecord run in runs.Where(Brought))
        {
            RevisionId goal = run.Targets.Where(target => !target.Trial).Select(target => target.Candidate).OfType<RevisionId>().First();
            // It went back from the top one, so its goal lies below that where the same version was deployed twice.
            int found = run.Kind == RunKind.RollBack ? IndexOf(stack, goal, stack.Count - 1) : -1;
            if (found >= 0)
            {
                stack.RemoveRange(found + 1, stack.Count - found - 1);
            }
            else
            {
                stack.Add(run);
            }
        }

        return stack;
    }

    /// <summary>Which of the first few brought the revision itself, or else its version: going back may have installed it anew.</summary>
    private static int IndexOf(List<RunRecord> stack, RevisionId id, int count)
    {
        int itself = LastOf(count, i => stack[i].Targets.Any(target => target.Candidate == id && !target.Trial));
        return itself >= 0 ? itself : LastOf(count, i => stack[i].Version == id.Version);
    }

    private static int LastOf(int count, Func<int, bool> fits)
    {
        int i = count - 1;
        while (i >= 0 && !fits(i))
        {
            i--;
        }

        return i;
    }
}
