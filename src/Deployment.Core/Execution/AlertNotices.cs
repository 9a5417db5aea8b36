using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>
/// Tells the rollback owner what a watch notes: once a run for each rule, and of looks at the same release only the first that notes it. The watch
/// doesn't wait for it.
/// </summary>
internal sealed class AlertNotices(ActiveRun run)
{
    private readonly Notices _notices = new(run);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _telling = new(StringComparer.Ordinal);

    /// <param name="step">What found it.</param>
    /// <param name="rule">What was found, without its figures.</param>
    /// <param name="text">The same with its figures.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task TellAsync(CheckStep step, string rule, string text, CancellationToken cancellationToken)
    {
        // Nobody has to decide, so without a notifier the journal has said it all.
        if (run.Services.Notifier is null || run.Progress.ToldAlerts.Contains(rule) || await WasToldBeforeAsync(rule, cancellationToken) || !Begin(rule))
        {
            return;
        }

        try
        {
            await _notices.TellAsync(step.Id, Notices.Owner, $"has an alert: {step.Title}", $"{text} It goes on: nobody has to decide. Abort the run to go back.", cancellationToken, rule);
        }
        finally
        {
            Over(rule);
        }
    }

    private async Task<bool> WasToldBeforeAsync(string rule, CancellationToken cancellationToken) =>
        run.Record.Kind == RunKind.Watch && (await WatchedDeployment.ReadAsync(run.Services.Store, run.Record, cancellationToken)).Alerts?.Contains(rule) == true;

    /// <summary>Two that find it at once tell it once. Who could not be told is told by the next watch that finds it.</summary>
    private bool Begin(string rule)
    {
        lock (_gate)
        {
            return !run.Progress.ToldAlerts.Contains(rule) && _telling.Add(rule);
        }
    }

    private void Over(string rule)
    {
        lock (_gate)
        {
            _telling.Remove(rule);
        }
    }
}
