namespace Deployment.Execution;

/// <summary>
/// What bounds a running effect: it is cancelled at once when the lease is lost, after the grace when the run is interrupted,
/// and left behind when it doesn't stop even then, because an abort wins from every state.
/// </summary>
internal sealed class EffectGrace : IDisposable
{
    private readonly CancellationTokenSource _cancel;
    private readonly TaskCompletionSource _abandoned = new();
    private readonly CancellationTokenRegistration _interrupted;
    private readonly CancellationTokenRegistration _lost;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;
    private ITimer? _giveUp;

    internal EffectGrace(ActiveRun run, CancellationToken interrupt)
    {
        _grace = run.Options.AbortGrace;
        _time = run.Time;
        _cancel = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        _lost = run.Lease.Lost.UnsafeRegister(static self => ((EffectGrace)self!)._cancel.Cancel(), this);
        _interrupted = interrupt.UnsafeRegister(static self => ((EffectGrace)self!).Interrupt(), this);
    }

    internal CancellationToken Token => _cancel.Token;

    public void Dispose()
    {
        _interrupted.Dispose();
        _lost.Dispose();
        _giveUp?.Dispose();
        _cancel.Dispose();
    }

    internal async Task BoundAsync(Task effect)
    {
        if (!effect.IsCompleted && await Task.WhenAny(effect, _abandoned.Task) != effect)
        {
            // Its late end is nobody's any more; whatever it throws has been seen by then.
            _ = effect.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw new DeploymentException($"It did not stop within {2 * _grace} of being asked to and was left behind; its effect may still land.");
        }

        await effect;
    }

    private void Interrupt()
    {
        if (_grace == TimeSpan.Zero)
        {
            _cancel.Cancel();
        }
        else
        {
            _cancel.CancelAfter(_grace);
        }

        _giveUp = _time.CreateTimer(static self => ((EffectGrace)self!)._abandoned.TrySetResult(), this, (2 * _grace) + TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
    }
}
