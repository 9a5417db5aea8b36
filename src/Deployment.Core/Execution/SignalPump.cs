using System.Globalization;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Looks into the run's inbox, at once and then at an interval, and hands on what is new.</summary>
internal sealed class SignalPump : IAsyncDisposable
{
    private readonly ActiveRun _run;
    private readonly CancellationTokenSource _stop;
    private readonly Task _pumping;
    private readonly HoldNotices _notices;
    private readonly List<Task> _telling = [];

    internal SignalPump(ActiveRun run)
    {
        _run = run;
        _notices = new HoldNotices(run);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(run.Lease.Lost);
        if (run.Progress is { Paused: true, AbortReason: null, PausingReport: { } report })
        {
            // The process that took it may have died before it told of it.
            _telling.Add(TellAsync(report.Text, report.Number));
        }

        _pumping = PumpAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _pumping;
        await Task.WhenAll(_telling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
    }

    /// <summary>A person is to decide about what was reported: beside the pump, which must hear that person.</summary>
    private async Task TellAsync(string reported, long number)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _run.Control.Aborted);
        string text = $"{reported} Resume to go on, {HoldNotices.WaysBack(_run.Record)}.";
        string key = string.Create(CultureInfo.InvariantCulture, $"report {number}");
        await _notices.WhileAsync(null, "is paused by a report", text, () => _run.Control.ResumedAsync(key, over.Token), over.Token, key);
    }

    private async Task PumpAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && _run.Journal.Failure is null)
        {
            try
            {
                foreach (NumberedSignal signal in await _run.Services.Store.ReadSignalsAsync(_run.Record.Id, _run.Progress.LastSignal, cancellationToken))
                {
                    if (await _run.Control.TakeAsync(signal) is { } reported)
                    {
                        _telling.Add(TellAsync(reported, signal.Number));
                    }
                }
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && _run.Journal.Failure is null)
            {
                // An inbox that can't be read now is looked at again; a lost journal ends the run by itself.
                RunLog.InboxUnreadable(_run.Services.Logger, _run.Record.Id, error);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested || _run.Journal.Failure is not null)
            {
                // Stopping; or the run itself meets the journal's failure at its next append.
                return;
            }

            try
            {
                await _run.Time.DelayAsync(_run.Options.SignalInterval, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
