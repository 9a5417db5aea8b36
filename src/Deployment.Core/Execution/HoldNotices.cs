using Deployment.Notifications;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>While a verdict holds a run: tells who owns the way back, and after a while who stands in for that person.</summary>
internal sealed class HoldNotices(ActiveRun run)
{
    private const string Owner = "rollback owner";
    private const string Backup = "backup owner";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>How long one that was told to stop is waited for: whoever decided waits for it.</summary>
    private readonly Patience _patience = new(run.Time, TimeSpan.FromSeconds(1));

    /// <param name="step">What found it.</param>
    /// <param name="reason">What was found, and what a person can do.</param>
    /// <param name="hold">The hold.</param>
    /// <param name="interrupt">Ends both.</param>
    internal async Task<T> WhileAsync<T>(RunbookStep step, string reason, Func<Task<T>> hold, CancellationToken interrupt)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        Task telling = TellAsync(step, reason, over.Token);
        try
        {
            return await hold();
        }
        finally
        {
            over.Cancel();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task TellAsync(RunbookStep step, string reason, CancellationToken cancellationToken)
    {
        await TellAsync(step, Owner, reason, cancellationToken);
        await run.Time.DelayAsync(run.Options.EscalateAfter, cancellationToken);
        await TellAsync(step, Backup, reason, cancellationToken);
    }

    private async Task TellAsync(RunbookStep step, string role, string reason, CancellationToken cancellationToken)
    {
        string? person = run.Runbook.Roles.GetValueOrDefault(role);
        if (run.Services.Notifier is not { } notifier)
        {
            await (person is null ? Task.CompletedTask : run.Journal.AppendAsync(JournalEntryKind.Notified, step.Id, $"{person} ({role}) is to decide. The pipeline has no notifier that tells so."));
            return;
        }

        string who = person is null ? $"the {role}" : $"{person} ({role})";
        using var limit = new CancellationTokenSource(Limit, run.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        string outcome;
        try
        {
            var notice = new Notice(run.Record.Id, role, person, $"{run.Runbook.Application} {run.Runbook.Versions} in {run.Runbook.Environment} is held: {step.Title}", reason);
            await _patience.RunAsync(
                async () =>
                {
                    await notifier.NotifyAsync(notice, stop.Token);
                    return true;
                },
                stop.Token);
            outcome = $"{who} was told.";
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception error)
        {
            outcome = $"{who} could not be told: {(limit.IsCancellationRequested ? "the notifier did not end within 30 s" : Health.HealthWording.Of(error))}";
        }

        await run.Journal.AppendAsync(JournalEntryKind.Notified, step.Id, outcome);
    }
}
