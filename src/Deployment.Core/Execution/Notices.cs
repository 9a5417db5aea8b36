using Deployment.Health;
using Deployment.Notifications;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Tells the person who has a role, and journals whether that person was told.</summary>
internal sealed class Notices(ActiveRun run)
{
    internal const string Owner = "rollback owner";
    internal const string Backup = "backup owner";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>How long one that was told to stop is waited for: whoever decided waits for it.</summary>
    private readonly Patience _patience = new(run.Time, TimeSpan.FromSeconds(1));

    /// <param name="step">What it is about; null for the run.</param>
    /// <param name="role">Whom it is for.</param>
    /// <param name="what">What happened, in words that follow the release and its environment.</param>
    /// <param name="text">Why, and what the person can do.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="alert">What an alert, or a report, is known by, which is journaled once the notifier took it.</param>
    internal async Task TellAsync(string? step, string role, string what, string text, CancellationToken cancellationToken, string? alert = null)
    {
        string? person = run.Runbook.Roles.GetValueOrDefault(role);
        if (run.Services.Notifier is not { } notifier)
        {
            await (person is null ? Task.CompletedTask : run.Journal.AppendAsync(JournalEntryKind.Notified, step, $"{person} ({role}) is to decide. The pipeline has no notifier that tells so."));
            return;
        }

        var notice = new Notice(run.Record.Id, role, person, $"{run.Runbook.Application} {run.Runbook.Versions} in {run.Runbook.Environment} {what}", text);
        string who = person is null ? $"the {role}" : $"{person} ({role})";
        using var limit = new CancellationTokenSource(Limit, run.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        string outcome;
        Dictionary<string, string>? detail = null;
        try
        {
            await _patience.RunAsync(
                async () =>
                {
                    await notifier.NotifyAsync(notice, stop.Token);
                    return true;
                },
                stop.Token);
            detail = alert is null ? null : new() { [Detail.Alert] = alert };
            outcome = $"{who} was told.";
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception error)
        {
            outcome = $"{who} could not be told: {(limit.IsCancellationRequested ? "the notifier did not end within 30 s" : HealthWording.Of(error))}";
        }

        await run.Journal.AppendAsync(JournalEntryKind.Notified, step, outcome, detail);
    }
}
