using Deployment.Environments;
using Deployment.Runbooks;

namespace Deployment.Execution;

/// <summary>
/// What stands before a run changes anything at all: what was asked when it began is asked again, because it may have waited for days since, for a
/// person, a window, or its next process. Once something was changed nothing is asked any more: half a deployment is worse than one that ends late.
/// </summary>
internal sealed class FirstChange : IDisposable
{
    private readonly ActiveRun _run;
    private readonly GateRunner _gates;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _refused = new();
    private readonly CancellationTokenSource _over;
    private Task? _asking;
    private bool _passed;

    internal FirstChange(ActiveRun run, GateRunner gates)
    {
        (_run, _gates) = (run, gates);
        _over = CancellationTokenSource.CreateLinkedTokenSource(run.Control.Aborted, run.Detached, run.Lease.Lost, _refused.Token);
        _passed = run.Progress.Touched.Count > 0;
    }

    /// <summary>Why the run may not begin any more; null when it may, or was not asked yet.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>Cancelled when the run may not begin any more.</summary>
    internal CancellationToken Refused => _refused.Token;

    public void Dispose()
    {
        _over.Dispose();
        _refused.Dispose();
    }

    /// <summary>Returns when the step may begin. Lanes come side by side, and one question is enough.</summary>
    /// <param name="step">A step that changes something.</param>
    /// <param name="interrupt">Ends the wait; is cancelled with <see cref="Refused"/>.</param>
    internal Task PassAsync(EffectStep step, CancellationToken interrupt)
    {
        if (_passed)
        {
            return Task.CompletedTask;
        }

        lock (_gate)
        {
            _asking ??= AskAsync(step);
        }

        return _asking.WaitAsync(interrupt);
    }

    /// <summary>Ends the question, so that nothing is journaled by it once the run went on without an answer.</summary>
    internal async Task EndAsync()
    {
        if (_asking is not { IsCompletedSuccessfully: false } asking)
        {
            return;
        }

        _over.Cancel();
        try
        {
            await asking;
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
        }
    }

    private async Task AskAsync(EffectStep step)
    {
        bool asked = false;
        while (!asked || ClosedWindow() is not null)
        {
            while (ClosedWindow() is { } window)
            {
                await _gates.RunAsync(window, _over.Token);
                _over.Token.ThrowIfCancellationRequested();
                await _run.Control.WhilePausedAsync(step.Id, _over.Token);
            }

            Refusal = await RefusalAsync();
            if (Refusal is not null)
            {
                _refused.Cancel();
            }

            _over.Token.ThrowIfCancellationRequested();
            asked = true;
        }

        _passed = true;
    }

    /// <summary>A window may have closed again while the run was paused.</summary>
    private WindowStep? ClosedWindow()
    {
        DateTimeOffset now = _run.Time.GetUtcNow();
        return _run.Runbook.Steps.OfType<WindowStep>().FirstOrDefault(window => WindowTimes.NextOpening(window.Windows, now) > now);
    }

    private async Task<string?> RefusalAsync()
    {
        try
        {
            await _run.PermitAsync(_over.Token);
            return null;
        }
        catch (Exception error) when (!_run.IsFatal() && !_over.IsCancellationRequested)
        {
            return error is DeploymentValidationException ? error.Message : $"It can't be found out whether it may still begin: {error.Message}";
        }
    }
}
