using Deployment.Planning;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Tells the rollback owner what became of a release that an extended watch took back: nobody waits for such a run.</summary>
internal sealed class BackNotice(ActiveRun run)
{
    /// <summary>A process that dies between this and the run's end leaves it to the next one, which doesn't tell it again.</summary>
    private const string Key = "went back";

    private readonly Notices _notices = new(run);

    internal async Task TellAsync(DeploymentOutcome outcome, string? problem)
    {
        // Of a way back that can't begin, as while a target can't be reached, a person hears at the first try, not at each.
        bool isNews = outcome != DeploymentOutcome.Rejected || !WatchRuns.IsTriedAgain(run.Record);
        if (!WatchRuns.IsBack(run.Record) || !isNews || run.Services.Notifier is null || run.Progress.ToldAlerts.Contains(Key))
        {
            return;
        }

        string why = run.Runbook.Reason ?? run.Record.Reason ?? "The extended watch asked for it.";
        await _notices.TellAsync(
            null,
            Notices.Owner,
            outcome == DeploymentOutcome.Succeeded ? "went back by itself" : "was to go back by itself, and that needs you",
            outcome == DeploymentOutcome.Succeeded
                ? $"{why} What stood before takes the traffic again, and was verified."
                : $"{why} Going back ended as {outcome}: {problem ?? "no reason was given."}",
            CancellationToken.None,
            Key);
    }
}
