using Deployment.Runbooks;

namespace Deployment.Execution;

/// <summary>Tells the rollback owner what a watch notes, once a run for each rule. The watch doesn't wait for it.</summary>
internal sealed class AlertNotices(ActiveRun run)
{
    private readonly Notices _notices = new(run);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <param name="step">What found it.</param>
    /// <param name="rule">What was found, without its figures.</param>
    /// <param name="text">The same with its figures.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task TellAsync(CheckStep step, string rule, string text, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Nobody has to decide, so without a notifier the journal has said it all.
            if (run.Services.Notifier is null || !_told.Add(rule))
            {
                return;
            }
        }

        bool isTold = false;
        try
        {
            isTold = await _notices.TellAsync(step.Id, Notices.Owner, $"has an alert: {step.Title}", $"{text} It goes on: nobody has to decide. Abort the run to go back.", cancellationToken);
        }
        finally
        {
            Over(rule, isTold);
        }
    }

    /// <summary>Who could not be told is told by the next watch that finds it; two that find it at once tell it once.</summary>
    private void Over(string rule, bool isTold)
    {
        lock (_gate)
        {
            if (!isTold)
            {
                _told.Remove(rule);
            }
        }
    }
}
