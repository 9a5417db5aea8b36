using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>
/// Tells the rollback owner what a watch notes: once a run for each rule of an application, and of looks at the same release only the first that notes it.
/// The watch doesn't wait for it.
/// </summary>
internal sealed class AlertNotices(ActiveRun run)
{
    private readonly Notices _notices = new(run);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _telling = new(StringComparer.Ordinal);

    /// <summary>What an alert is known by. Targets of one application have it in common: of a thousand that are alike a person wants to hear once.</summary>
    /// <param name="step">What found it.</param>
    /// <param name="rule">What was found, without its figures.</param>
    internal static string KeyOf(CheckStep step, string rule) => $"{step.Subject.Candidate.Application}: {rule}";

    /// <param name="step">What found it.</param>
    /// <param name="rule">What was found, without its figures.</param>
    /// <param name="text">The same with its figures.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task TellAsync(CheckStep step, string rule, string text, CancellationToken cancellationToken)
    {
        string key = KeyOf(step, rule);
        // Nobody has to decide, so without a notifier the journal has said it all.
        if (run.Services.Notifier is null || run.Progress.ToldAlerts.Contains(key) || await WasToldBeforeAsync(key, cancellationToken) || !Begin(key))
        {
            return;
        }

        try
        {
            await _notices.TellAsync(step.Id, Notices.Owner, $"has an alert: {step.Title}", $"{text} It goes on: nobody has to decide. {WayBack()}", cancellationToken, key);
        }
        finally
        {
            Over(key);
        }
    }

    /// <summary>A look has ended when somebody reads of it: what it looks at is what goes back.</summary>
    private string WayBack() => run.Record.Kind == RunKind.Watch
        ? $"To go back, report what you find to run {WatchRuns.DeploymentOf(run.Record)} (ReportAsync), or go back by RollBackAsync."
        : "Abort the run to go back.";

    /// <summary>Where the store doesn't say, a person is told once too often.</summary>
    private async Task<bool> WasToldBeforeAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return run.Record.Kind == RunKind.Watch && (await WatchedDeployment.ReadAsync(run.Services.Store, run.Record, cancellationToken)).Alerts?.Contains(key) == true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Two that find it at once tell it once. Who could not be told is told by the next watch that finds it.</summary>
    private bool Begin(string key)
    {
        lock (_gate)
        {
            return !run.Progress.ToldAlerts.Contains(key) && _telling.Add(key);
        }
    }

    private void Over(string key)
    {
        lock (_gate)
        {
            _telling.Remove(key);
        }
    }
}
