using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>
/// Among how many watches a rule's rate of false alarms is divided, so that it holds for the release as a whole: each watch begins anew, and the
/// chance that any of them errs is at most the sum of theirs. By the plan, so that it is known before the first one. Where the release is watched on
/// after its run, half of the rate is for the run and half for what comes after.
/// </summary>
internal static class WatchCount
{
    /// <param name="runbook">The run: the watches of all its targets and services.</param>
    internal static int OfRun(Runbook runbook) =>
        Math.Max(1, runbook.Steps.OfType<CheckStep>().Count(step => step.Duration is not null)) * (runbook.Watches is { Count: > 0 } ? 2 : 1);

    /// <param name="deployment">The run whose release is watched on.</param>
    internal static int OfLook(Runbook deployment) => 2 * Math.Max(1, (deployment.Watches ?? []).Sum(LooksOf));

    /// <summary>One more than the time holds, for the look that is due as it ends.</summary>
    private static int LooksOf(ExtendedWatch watch) => (int)Math.Ceiling(watch.For / watch.Every) + 1;
}
