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
    private readonly Patience _patience;
    private TaskCompletionSource? _answer;
    private volatile bool _passed;

    internal FirstChange(ActiveRun run, GateRunner gates)
    {
        (_run, _gates) = (run, gates);
        _over = CancellationTokenSource.CreateLinkedTokenSource(run.Control.Aborted, run.Detached, run.Lease.Lost, _refused.Token);
        _patience = new Patience(run.Time, Patience.Least);
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

        TaskCompletionSource? own = null;
        lock (_gate)
        {
            _answer ??= own = new TaskCompletionSource();
        }

        if (own is not null)
        {
            // Outside the lock: what is interrupted by a refusal runs on here.
            _ = AnswerAsync(step, own);
        }

        return _answer.Task.WaitAsync(interrupt);
    }

    /// <summary>Ends the question, so that nothing is journaled by it once the run went on without an answer.</summary>
    internal async Task EndAsync()
    {
        if (_answer is not { Task: { IsCompletedSuccessfully: false } asking })
        {
            return;
        }

        await _over.CancelAsync();
        try
        {
            await asking;
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
        }
    }

    private async Task AnswerAsync(EffectStep step, TaskCompletionSource answer)
    {
        try
        {
            await AskAsync(step);
            _passed = true;
            answer.SetResult();
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            answer.SetCanceled(_over.Token);
        }
        catch (Exception error)
        {
            // It is the run's: whoever waits for the answer gets it.
            answer.SetException(error);
        }
    }

    /// <summary>Until nothing stands in the way any more: while one thing is asked, a window may close or somebody may pause.</summary>
    private async Task AskAsync(EffectStep step)
    {
        bool permitted = false;
        while (!permitted || ClosedWindow() is not null || _run.Control.IsPaused)
        {
            while (ClosedWindow() is { } window)
            {
                await _gates.RunAsync(window, _over.Token);
                _over.Token.ThrowIfCancellationRequested();
            }

            await _run.Control.WhilePausedAsync(step.Id, _over.Token);
            permitted = await IsPermittedAsync();
        }
    }

    private WindowStep? ClosedWindow()
    {
        DateTimeOffset now = _run.Time.GetUtcNow();
        return _run.Runbook.Steps.OfType<WindowStep>().FirstOrDefault(window => WindowTimes.NextOpening(window.Windows, now) > now);
    }

    /// <summary>False where nobody can tell, and a person said to look again.</summary>
    private async Task<bool> IsPermittedAsync()
    {
        try
        {
            await _patience.RunAsync(
                async () =>
                {
                    await _run.PermitAsync(_over.Token);
                    return true;
                },
                _over.Token);
            return true;
        }
        catch (Exception) when (_over.IsCancellationRequested && !_run.IsFatal())
        {
            // However it says that it was interrupted: nothing was decided.
            throw new OperationCanceledException(_over.Token);
        }
        catch (DeploymentValidationException refusal)
        {
            Refusal = refusal.Message;
            await _refused.CancelAsync();
            throw new OperationCanceledException(_over.Token);
        }
        catch (Exception error) when (!_run.IsFatal())
        {
            // A target that doesn't answer now is no reason to give up what persons have approved.
            await _run.Control.HoldAsync(_run.Runbook.Root.Id, $"It can't be found out whether the run may still begin: {error.Message} Resume to look again, or abort.", _over.Token);
            return false;
        }
    }
}
