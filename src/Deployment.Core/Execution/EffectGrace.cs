namespace Deployment.Execution;

/// <summary>What cancels a running effect: at once when the lease is lost, after the grace when the run is interrupted.</summary>
internal sealed class EffectGrace : IDisposable
{
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationTokenRegistration _interrupted;
    private readonly CancellationTokenRegistration _lost;
    private readonly TimeSpan _grace;

    internal EffectGrace(ActiveRun run, CancellationToken interrupt)
    {
        _grace = run.Options.AbortGrace;
        _cancel = new CancellationTokenSource(Timeout.InfiniteTimeSpan, run.Time);
        _lost = run.Lease.Lost.UnsafeRegister(static self => ((EffectGrace)self!)._cancel.Cancel(), this);
        _interrupted = interrupt.UnsafeRegister(static self => ((EffectGrace)self!).Interrupt(), this);
    }

    internal CancellationToken Token => _cancel.Token;

    public void Dispose()
    {
        _interrupted.Dispose();
        _lost.Dispose();
        _cancel.Dispose();
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
    }
}
