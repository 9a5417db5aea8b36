using Deployment.Notifications;
using Deployment.Planning;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Tells the rollback owner what became of a release that an extended watch takes back: nobody waits for such a run.</summary>
internal static class BackNotice
{
    private const string Failed = "was to go back by itself, and that needs you";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <param name="run">One that goes back; of others nothing is told.</param>
    /// <param name="outcome">How it is about to end.</param>
    /// <param name="problem">Why not with success.</param>
    internal static async Task TellAsync(ActiveRun run, DeploymentOutcome outcome, string? problem)
    {
        // What was not begun is tried again, or told below; a process that goes on with a run tells of the same end once.
        string key = $"went back: {outcome}";
        if (!WatchRuns.IsBack(run.Record) || outcome == DeploymentOutcome.Rejected || run.Progress.AbortReason == RunExecutor.HostCancelled || run.Services.Notifier is null || run.Progress.ToldAlerts.Contains(key))
        {
            return;
        }

        string why = run.Runbook.Reason ?? run.Record.Reason ?? "The extended watch asked for it.";
        bool isBack = outcome == DeploymentOutcome.Succeeded;
        await new Notices(run).TellAsync(
            null,
            Notices.Owner,
            isBack ? "went back by itself" : Failed,
            isBack ? $"{why} What stood before takes the traffic again, and was verified." : $"{why} Going back ended as {outcome}: {problem ?? "no reason was given."}",
            CancellationToken.None,
            key);
    }

    /// <summary>Tells of a way back that could not even begin, such as one whose target can't be reached. There is no journal yet that could say so.</summary>
    /// <param name="services">Who tells.</param>
    /// <param name="owner">Who has the role; null when nobody was named.</param>
    /// <param name="run">The scheduled run.</param>
    /// <param name="problem">Why not.</param>
    internal static async Task TellNotBegunAsync(RunServices services, string? owner, RunRecord run, string problem)
    {
        if (services.Notifier is not { } notifier)
        {
            return;
        }

        var notice = new Notice(run.Id, Notices.Owner, owner, $"{run.Application} in {run.Environment} {Failed}", $"{run.Reason} The way back could not begin: {problem}");
        using var limit = new CancellationTokenSource(Limit, services.Time);
        try
        {
            await new Patience(services.Time, TimeSpan.FromSeconds(1)).RunAsync(
                async () =>
                {
                    await notifier.NotifyAsync(notice, limit.Token);
                    return true;
                },
                limit.Token);
        }
        catch (Exception error)
        {
            RunLog.NotTold(services.Logger, run.Id, notice.Title, error);
        }
    }
}
